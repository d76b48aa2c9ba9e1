/// Reads JSON text, strictly.
///
/// Source: RFC 8259; what it leaves open is decided so: depth is limited, a lone surrogate is an error, repeated keys are kept.
struct JSONReader {
    /// How deep arrays and objects may lie in each other.
    static let maximumDepth = 127

    let source: SourceText
    private var position = 0
    private var depth = 0

    init(_ source: SourceText) {
        self.source = source
    }

    /// Reads the whole text as one value.
    mutating func document() throws(SyntaxErrors) -> JSON {
        let value = try self.value()
        self.skipBlanks()
        guard self.position == self.source.bytes.count else { throw self.unexpected(["the end of the text"]) }
        return value
    }

    private var byte: UInt8? {
        self.position < self.source.bytes.count ? self.source.bytes[self.position] : nil
    }

    private mutating func skipBlanks() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { self.position += 1 }
    }

    private mutating func accept(_ mark: Unicode.Scalar) -> Bool {
        guard self.byte == UInt8(ascii: mark) else { return false }
        self.position += 1
        return true
    }

    private func failure(from start: Int, _ message: String, expected: [String] = []) -> SyntaxErrors {
        let span = SourceSpan(start: start, end: max(start, self.position))
        return SyntaxErrors([SyntaxDiagnostic(in: self.source, at: span, message, expected: expected)])
    }

    private func unexpected(_ expected: [String]) -> SyntaxErrors {
        guard let byte else {
            return self.failure(from: self.position, "unexpected end of the text", expected: expected)
        }
        let character = byte < 0x80 ? String(Unicode.Scalar(byte)) : "byte \(byte)"
        return self.failure(from: self.position, "unexpected `\(character)`", expected: expected)
    }

    private mutating func value() throws(SyntaxErrors) -> JSON {
        self.skipBlanks()
        let start = self.position
        let node: JSON.Node
        switch self.byte {
        case UInt8(ascii: "{"): node = try self.nested { reader throws(SyntaxErrors) in try reader.object() }
        case UInt8(ascii: "["): node = try self.nested { reader throws(SyntaxErrors) in try reader.array() }
        case UInt8(ascii: "\""): node = .string(try self.string())
        case let byte? where byte.isDigit || byte == UInt8(ascii: "-"): node = try self.number()
        default: node = try self.word()
        }
        return JSON(node: node, span: SourceSpan(start: start, end: self.position))
    }

    private mutating func nested(
        _ body: (inout JSONReader) throws(SyntaxErrors) -> JSON.Node
    ) throws(SyntaxErrors) -> JSON.Node {
        guard self.depth < Self.maximumDepth else {
            throw self.failure(from: self.position, "nested deeper than \(Self.maximumDepth) levels")
        }
        self.depth += 1
        defer { self.depth -= 1 }
        self.position += 1
        return try body(&self)
    }

    private mutating func word() throws(SyntaxErrors) -> JSON.Node {
        for (word, node) in [("true", JSON.Node.bool(true)), ("false", .bool(false)), ("null", .null)]
        where self.source.bytes[self.position...].starts(with: word.utf8) {
            self.position += word.utf8.count
            return node
        }
        throw self.unexpected(["a value"])
    }

    private mutating func object() throws(SyntaxErrors) -> JSON.Node {
        var members: [JSON.Member] = []
        self.skipBlanks()
        if self.accept("}") { return .object([]) }
        while true {
            self.skipBlanks()
            guard self.byte == UInt8(ascii: "\"") else { throw self.unexpected(["a key in quotes"]) }
            let key = try self.string()
            self.skipBlanks()
            guard self.accept(":") else { throw self.unexpected(["`:`"]) }
            members.append(JSON.Member(key, try self.value()))
            self.skipBlanks()
            if self.accept("}") { return .object(members) }
            guard self.accept(",") else { throw self.unexpected(["`,`", "`}`"]) }
        }
    }

    private mutating func array() throws(SyntaxErrors) -> JSON.Node {
        var elements: [JSON] = []
        self.skipBlanks()
        if self.accept("]") { return .array([]) }
        while true {
            elements.append(try self.value())
            self.skipBlanks()
            if self.accept("]") { return .array(elements) }
            guard self.accept(",") else { throw self.unexpected(["`,`", "`]`"]) }
        }
    }

    private mutating func number() throws(SyntaxErrors) -> JSON.Node {
        let start = self.position
        _ = self.accept("-")
        if !self.accept("0") { try self.digits() }
        var isInteger = true
        if self.accept(".") {
            isInteger = false
            try self.digits()
        }
        if self.accept("e") || self.accept("E") {
            isInteger = false
            if !self.accept("+") { _ = self.accept("-") }
            try self.digits()
        }
        let text = String(decoding: self.source.bytes[start..<self.position], as: UTF8.self)
        // A zero with a sign is no integer: only fractions have one.
        if isInteger, text != "-0", let integer = Int64(text) { return .integer(integer) }
        return .number(text)
    }

    private mutating func digits() throws(SyntaxErrors) {
        guard let byte, byte.isDigit else { throw self.unexpected(["a digit"]) }
        while let byte = self.byte, byte.isDigit { self.position += 1 }
    }

    private mutating func string() throws(SyntaxErrors) -> String {
        let start = self.position
        self.position += 1
        let first = self.position
        // Most texts have no escapes and can be taken as they are.
        while let byte, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { self.position += 1 }
        if self.accept("\"") { return String(decoding: self.source.bytes[first..<self.position - 1], as: UTF8.self) }
        var bytes = Array(self.source.bytes[first..<self.position])
        while let byte {
            self.position += 1
            switch byte {
            case UInt8(ascii: "\""):
                return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                bytes.append(contentsOf: String(try self.escape()).utf8)
            case 0..<0x20:
                throw self.failure(from: self.position - 1, "a control character must be escaped")
            default:
                bytes.append(byte)
            }
        }
        throw self.failure(from: start, "text in quotes has no end", expected: ["`\"`"])
    }

    /// Reads what follows a backslash.
    private mutating func escape() throws(SyntaxErrors) -> Unicode.Scalar {
        let start = self.position - 1
        guard let byte else { throw self.unexpected(["an escape"]) }
        self.position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw self.failure(from: start, "unknown escape")
        }
        let unit = try self.codeUnit(from: start)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        // A high surrogate must be followed by a low one.
        guard unit < 0xDC00, self.accept("\\"), self.accept("u") else {
            throw self.failure(from: start, "a lone surrogate")
        }
        let low = try self.codeUnit(from: start)
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(unit - 0xD800) << 10) + UInt32(low - 0xDC00))
        else { throw self.failure(from: start, "a lone surrogate") }
        return scalar
    }

    private mutating func codeUnit(from start: Int) throws(SyntaxErrors) -> UInt16 {
        let digits = self.source.bytes[self.position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy(\.isHexDigit),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw self.failure(from: start, "`\\u` must be followed by four hex digits") }
        self.position += 4
        return unit
    }
}

extension JSON {
    /// Reads JSON text.
    ///
    /// - Parameters:
    ///   - text: One JSON value.
    ///   - file: The name of the file it comes from, for messages.
    /// - Throws: ``SyntaxErrors`` with the first error, behind which JSON can't be read on.
    public init(parsing text: String, file: String? = nil) throws(SyntaxErrors) {
        try self.init(parsing: SourceText(text, name: file))
    }

    init(parsing source: SourceText) throws(SyntaxErrors) {
        var reader = JSONReader(source)
        self = try reader.document()
    }
}
