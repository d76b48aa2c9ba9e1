extension PolicySet {
    /// The canonical layout of Cedar text: 80 columns, two spaces of indentation, comments kept.
    ///
    /// - Parameters:
    ///   - text: Policies and templates.
    ///   - file: The name of the file they come from, for messages.
    /// - Returns: Text with the same meaning; formatting it again changes nothing.
    /// - Throws: ``SyntaxErrors`` when the text can't be read.
    public static func formatted(_ text: String, file: String? = nil) throws(SyntaxErrors) -> String {
        let source = SourceText(text, name: file)
        var parser = PolicyParser(source)
        _ = try parser.rules()
        let (tokens, atEnd) = CommentedToken.all(of: source)
        var formatter = PolicyFormatter(tokens)
        var policies: [String] = []
        while !formatter.isAtEnd {
            let layout = formatter.policy().rendered(width: PolicyFormatter.width)
            policies.append(BlankLines.removed(from: layout))
        }
        let lines = [policies.joined(separator: "\n\n")] + atEnd
        return lines.map { $0 + "\n" }.joined()
    }
}

/// Empty lines, which comments leave behind in a layout.
private enum BlankLines {
    /// The text without them, except inside quotes, and without blanks at both ends.
    static func removed(from text: String) -> String {
        let bytes = Array(text.utf8)
        var kept: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let special = bytes[index...].indices.first {
                bytes[$0] == UInt8(ascii: "\"") || bytes[$0...].starts(with: [UInt8(ascii: "/"), UInt8(ascii: "/")])
            }
            kept += self.withoutBlankLines(bytes[index..<(special ?? bytes.count)])
            guard let special else { break }
            index = self.end(ofSpecialAt: special, in: bytes)
            kept += bytes[special..<index]
        }
        var trimmed = kept[...]
        while let last = trimmed.last, last.isBlank { trimmed.removeLast() }
        while let first = trimmed.first, first.isBlank { trimmed.removeFirst() }
        return String(decoding: trimmed, as: UTF8.self)
    }

    /// Where the text in quotes, or the comment, ends that begins here.
    private static func end(ofSpecialAt start: Int, in bytes: [UInt8]) -> Int {
        guard bytes[start] == UInt8(ascii: "\"") else {
            return bytes[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
        }
        var index = start + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, bytes.count)
    }

    /// Drops lines of nothing but blanks; what stands before the first and after the last line break is a part of a line and stays.
    private static func withoutBlankLines(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var kept: [UInt8] = text.first == 0x0A ? [0x0A] : []
        var rest = text
        while !rest.isEmpty {
            let lineEnd = rest.firstIndex(of: 0x0A)
            let line = rest[..<(lineEnd.map { $0 + 1 } ?? rest.endIndex)]
            if lineEnd == nil || !line.allSatisfy(\.isBlank) { kept += line }
            rest = rest[line.endIndex...]
        }
        // A comment drawn up to the line before it stands one blank behind it, where the next layout would put it.
        guard text.first == 0x20, text.contains(0x0A), kept.allSatisfy({ $0 == 0x20 }) else { return kept }
        return [0x20]
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
}
