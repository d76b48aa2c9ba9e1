/// A text with its name, and where its lines begin.
public struct SourceText: Sendable {
    /// The file's name as people know it; `nil` for text that is not from a file.
    public let name: String?
    /// The text's UTF-8 form.
    public let bytes: [UInt8]
    private let lineStarts: [Int]

    /// Wraps a text.
    public init(_ text: String, name: String? = nil) {
        self.name = name
        self.bytes = Array(text.utf8)
        var starts = [0]
        for (index, byte) in self.bytes.enumerated() where byte == 0x0A { starts.append(index + 1) }
        self.lineStarts = starts
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
        // Continuation bytes of UTF-8 don't begin a scalar.
        let column = self.bytes[self.lineStarts[low]..<offset].count { $0 & 0xC0 != 0x80 }
        return SourcePosition(line: low + 1, column: column + 1)
    }

    /// The text of a span; empty for ``SourceSpan/none``.
    public func text(of span: SourceSpan) -> String {
        let start = min(max(0, Int(span.start)), self.bytes.count)
        let end = min(max(start, Int(span.end)), self.bytes.count)
        return String(decoding: self.bytes[start..<end], as: UTF8.self)
    }
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
