/// A text with its name, and where its lines begin.
public struct SourceText: Sendable {
    /// The file's name as people know it; `nil` for text that is not from a file.
    public let name: String?
    /// The text's UTF-8 form.
    public let bytes: [UInt8]
    private let lineStarts: [Int]
    /// How many Unicode scalars begin before each block of bytes, so that a place in a long line is found at once.
    private let scalarsBefore: [Int32]
    private static let blockSize = 256

    /// Wraps a text.
    public init(_ text: String, name: String? = nil) {
        self.name = name
        self.bytes = Array(text.utf8)
        var starts = [0]
        var scalarsBefore: [Int32] = []
        var scalars: Int32 = 0
        for (index, byte) in self.bytes.enumerated() {
            if index % Self.blockSize == 0 { scalarsBefore.append(scalars) }
            if byte == 0x0A { starts.append(index + 1) }
            if byte.beginsScalar { scalars += 1 }
        }
        scalarsBefore.append(scalars)
        self.lineStarts = starts
        self.scalarsBefore = scalarsBefore
    }

    /// The line and column of a byte offset, both counted from 1, columns in Unicode scalars.
    public func position(at offset: Int32) -> SourcePosition {
        let offset = min(max(0, Int(offset)), self.bytes.count)
        var low = 0
        var high = self.lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if self.lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        let column = self.scalars(before: offset) - self.scalars(before: self.lineStarts[low])
        return SourcePosition(line: low + 1, column: column + 1)
    }

    private func scalars(before offset: Int) -> Int {
        let block = offset / Self.blockSize
        return Int(self.scalarsBefore[block]) + self.bytes[block * Self.blockSize..<offset].count(where: \.beginsScalar)
    }

    /// The text of a span; empty for ``SourceSpan/none``.
    public func text(of span: SourceSpan) -> String {
        let start = min(max(0, Int(span.start)), self.bytes.count)
        let end = min(max(start, Int(span.end)), self.bytes.count)
        return String(decoding: self.bytes[start..<end], as: UTF8.self)
    }
}

extension UInt8 {
    /// Whether a scalar begins with this byte of UTF-8, rather than goes on with it.
    fileprivate var beginsScalar: Bool { self & 0xC0 != 0x80 }
}

/// A place in a text as people count it.
public struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    /// Line, from 1.
    public let line: Int
    /// Column in Unicode scalars, from 1.
    public let column: Int

    /// Puts line and column together.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The form `line:column`.
    public var description: String { "\(self.line):\(self.column)" }
}
