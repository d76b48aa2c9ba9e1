/// Text with choices of where to break lines.
///
/// The layout is made by trying: a group is written on one line if it and what follows up to the next certain break fit into the
/// line's width, and is broken at its own breaks otherwise.
///
/// Source: P. Wadler, "A prettier printer" (2003), in the strict form of C. Lindig, "Strictly Pretty" (2000).
indirect enum LayoutDocument {
    /// Nothing.
    case empty
    /// Text without line breaks, and its width.
    case text(String, width: Int)
    /// A break that is always there.
    case hardBreak
    /// A break, or this text where its group fits on one line.
    case softBreak(flat: String)
    /// One after another.
    case sequence([LayoutDocument])
    /// With breaks inside indented further.
    case nest(Int, LayoutDocument)
    /// On one line if that fits.
    case group(LayoutDocument)

    /// Text, its width counted in columns of a terminal.
    static func text(_ string: String) -> LayoutDocument {
        .text(string, width: string.utf8.allSatisfy { $0 < 0x80 } ? string.utf8.count : string.columns)
    }

    /// A break, or a space.
    static var line: LayoutDocument { .softBreak(flat: " ") }

    /// A break, or nothing.
    static var emptyLine: LayoutDocument { .softBreak(flat: "") }

    /// Whether there is nothing in it.
    var isEmpty: Bool {
        switch self {
        case .empty: true
        case .text, .hardBreak, .softBreak: false
        case .sequence(let parts): parts.allSatisfy(\.isEmpty)
        case .nest(_, let inner), .group(let inner): inner.isEmpty
        }
    }

    /// The document as text, lines at most `width` columns where the choices allow it.
    func rendered(width: Int) -> String {
        var renderer = Renderer(width: width)
        renderer.render(self)
        return renderer.output
    }
}

/// Lays a document out with a stack of its own.
private struct Renderer {
    private struct Work {
        var indentation: Int
        var isFlat: Bool
        var document: LayoutDocument
    }

    let width: Int
    var output = ""
    private var column = 0
    private var stack: [Work] = []

    init(width: Int) {
        self.width = width
    }

    mutating func render(_ document: LayoutDocument) {
        self.stack = [Work(indentation: 0, isFlat: false, document: document)]
        while let work = self.stack.popLast() {
            switch work.document {
            case .empty: break
            case .text(let string, let width):
                self.output += string
                self.column += width
            case .hardBreak:
                self.breakLine(work.indentation)
            case .softBreak(let flat):
                if work.isFlat {
                    self.output += flat
                    self.column += flat.utf8.count
                } else {
                    self.breakLine(work.indentation)
                }
            case .sequence(let parts):
                for part in parts.reversed() {
                    self.stack.append(Work(indentation: work.indentation, isFlat: work.isFlat, document: part))
                }
            case .nest(let depth, let inner):
                self.stack.append(Work(indentation: work.indentation + depth, isFlat: work.isFlat, document: inner))
            case .group(let inner):
                let isFlat = work.isFlat || self.fits(inner)
                self.stack.append(Work(indentation: work.indentation, isFlat: isFlat, document: inner))
            }
        }
    }

    private mutating func breakLine(_ inner: Int) {
        // A break at the end of an indented part begins the line of what follows the part.
        let indentation = self.stack.last { !$0.document.isEmpty }?.indentation ?? inner
        self.output += "\n" + String(repeating: " ", count: indentation)
        self.column = indentation
    }

    /// Whether a group, and what follows it up to the next break, fits on the rest of the line.
    private func fits(_ group: LayoutDocument) -> Bool {
        var column = self.column
        var pending = [group]
        var rest = self.stack.count
        var isFlat = true
        while true {
            guard let document = pending.popLast() else {
                guard rest > 0 else { return true }
                rest -= 1
                isFlat = false
                pending.append(self.stack[rest].document)
                continue
            }
            switch document {
            case .empty: break
            case .text(_, let width):
                column += width
                if column > self.width { return false }
            case .hardBreak:
                // A break inside the group means that it does not fit; one behind it, that it does.
                return !isFlat
            case .softBreak(let flat):
                if !isFlat { return true }
                column += flat.utf8.count
                if column > self.width { return false }
            case .sequence(let parts): pending.append(contentsOf: parts.reversed())
            case .nest(_, let inner), .group(let inner): pending.append(inner)
            }
        }
    }
}

extension String {
    /// How many columns of a terminal this text takes.
    ///
    /// Source: Unicode Standard Annex 11, "East Asian Width", reduced to the wide blocks.
    fileprivate var columns: Int {
        var columns = 0
        var isJoined = false
        for scalar in self.unicodeScalars {
            // An emoji that is joined to another stands in that one's place.
            if !(isJoined && scalar.properties.isEmojiPresentation) { columns += scalar.columns }
            isJoined = scalar.value == 0x200D
        }
        return columns
    }
}

extension Unicode.Scalar {
    fileprivate var columns: Int {
        // What is left out when it is shown takes no place, but for the filler that stands for a consonant of Hangul.
        if self.properties.isDefaultIgnorableCodePoint, self.value != 0x115F { return 0 }
        switch self.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch self.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default:
            return self.properties.isEmojiPresentation ? 2 : 1
        }
    }
}
