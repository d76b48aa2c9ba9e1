/// Cuts a Cedar text into words.
///
/// Never stops: what is no word becomes a diagnostic and is skipped, so that one pass finds every error.
///
/// Source: Cedar language 4.5, grammar, terminals.
package struct Lexer {
    private let source: SourceText
    private var position = 0
    private var diagnostics: [SyntaxDiagnostic] = []

    init(_ source: SourceText) {
        self.source = source
    }

    /// All words of `source`, the last one being ``Token/Kind/end``.
    package static func tokens(of source: SourceText) -> (tokens: [Token], diagnostics: [SyntaxDiagnostic]) {
        var lexer = Lexer(source)
        var tokens: [Token] = []
        tokens.reserveCapacity(source.bytes.count / 5)
        while true {
            let token = lexer.next()
            tokens.append(token)
            if token.kind == .end { return (tokens, lexer.diagnostics) }
        }
    }

    private mutating func next() -> Token {
        while true {
            self.skipBlanks()
            let start = self.position
            guard let byte = self.byte(0) else {
                return Token(kind: .end, span: SourceSpan(start: start, end: start))
            }
            if byte.isIdentifierStart {
                self.skip(while: \.isIdentifierPart)
                return self.token(.identifier, from: start)
            }
            if byte.isDigit {
                self.skip(while: \.isDigit)
                return self.token(.number, from: start)
            }
            if byte == UInt8(ascii: "\"") {
                if self.skipString() { return self.token(.string, from: start) }
                continue
            }
            if byte == UInt8(ascii: "?"), self.byte(1)?.isIdentifierStart == true {
                self.position += 1
                self.skip(while: \.isIdentifierPart)
                return self.token(.slot, from: start)
            }
            if let mark = self.mark(byte) {
                self.position += mark.rawValue.utf8.count
                return self.token(.mark(mark), from: start)
            }
            self.reportUnknownCharacter()
        }
    }

    private func byte(_ ahead: Int) -> UInt8? {
        let index = self.position + ahead
        return index < self.source.bytes.count ? self.source.bytes[index] : nil
    }

    private func token(_ kind: Token.Kind, from start: Int) -> Token {
        Token(kind: kind, span: SourceSpan(start: start, end: self.position))
    }

    private mutating func skip(while condition: (UInt8) -> Bool) {
        while let byte = self.byte(0), condition(byte) { self.position += 1 }
    }

    private mutating func skipBlanks() {
        while let byte = self.byte(0) {
            if let length = self.whitespaceLength(byte) {
                self.position += length
            } else if byte == UInt8(ascii: "/"), self.byte(1) == UInt8(ascii: "/") {
                self.skip { $0 != 0x0A && $0 != 0x0D }
            } else {
                return
            }
        }
    }

    /// How many bytes of white space begin here, by Unicode's `White_Space` property; `nil` if none.
    private func whitespaceLength(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x20, 0x09...0x0D: return 1
        case 0..<0x80: return nil
        case 0xC2:
            return self.byte(1) == 0x85 || self.byte(1) == 0xA0 ? 2 : nil
        case 0xE1, 0xE2, 0xE3:
            guard let second = self.byte(1), let third = self.byte(2) else { return nil }
            let scalar = UInt32(byte & 0x0F) << 12 | UInt32(second & 0x3F) << 6 | UInt32(third & 0x3F)
            return Unicode.Scalar(scalar)?.properties.isWhitespace == true ? 3 : nil
        default: return nil
        }
    }

    /// Skips a string with its quotes; reports and skips the rest of the line when it does not end.
    private mutating func skipString() -> Bool {
        let start = self.position
        var index = start + 1
        let bytes = self.source.bytes
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                self.position = index + 1
                return true
            case UInt8(ascii: "\\") where index + 1 < bytes.count && bytes[index + 1] == 0x0A:
                // No escape continues a text over the end of a line.
                index = bytes.count
            case UInt8(ascii: "\\"):
                index += 2
            default:
                index += 1
            }
        }
        self.skip { $0 != 0x0A }
        self.report(from: start, to: start + 1, "text in quotes has no end", expected: ["`\"`"])
        return false
    }

    private func mark(_ byte: UInt8) -> Token.Mark? {
        let next = self.byte(1)
        switch byte {
        case UInt8(ascii: "@"): return .at
        case UInt8(ascii: "."): return .dot
        case UInt8(ascii: ","): return .comma
        case UInt8(ascii: ";"): return .semicolon
        case UInt8(ascii: ":"): return next == byte ? .doubleColon : .colon
        case UInt8(ascii: "("): return .leftParenthesis
        case UInt8(ascii: ")"): return .rightParenthesis
        case UInt8(ascii: "{"): return .leftBrace
        case UInt8(ascii: "}"): return .rightBrace
        case UInt8(ascii: "["): return .leftBracket
        case UInt8(ascii: "]"): return .rightBracket
        case UInt8(ascii: "="): return next == UInt8(ascii: "=") ? .equal : .assign
        case UInt8(ascii: "!"): return next == UInt8(ascii: "=") ? .notEqual : .not
        case UInt8(ascii: "<"): return next == UInt8(ascii: "=") ? .lessOrEqual : .less
        case UInt8(ascii: ">"): return next == UInt8(ascii: "=") ? .greaterOrEqual : .greater
        case UInt8(ascii: "|"): return next == byte ? .or : nil
        case UInt8(ascii: "&"): return next == byte ? .and : nil
        case UInt8(ascii: "+"): return .plus
        case UInt8(ascii: "-"): return .minus
        case UInt8(ascii: "*"): return .star
        case UInt8(ascii: "/"): return .slash
        case UInt8(ascii: "%"): return .percent
        case UInt8(ascii: "?"): return .question
        default: return nil
        }
    }

    private mutating func reportUnknownCharacter() {
        let start = self.position
        self.position += 1
        self.skip { $0 & 0xC0 == 0x80 }
        let text = String(decoding: self.source.bytes[start..<self.position], as: UTF8.self)
        self.report(from: start, to: self.position, "`\(text)` is not a word of the language")
    }

    private mutating func report(from start: Int, to end: Int, _ message: String, expected: [String] = []) {
        let span = SourceSpan(start: start, end: end)
        self.diagnostics.note(SyntaxDiagnostic(in: self.source, at: span, message, expected: expected))
    }
}
