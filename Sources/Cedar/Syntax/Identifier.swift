/// Which words are identifiers, and which of them are taken.
///
/// Source: Cedar language 4.5, grammar, "IDENT" and "PATH".
enum Identifier {
    /// Words that mean something in expressions and can't name a type or an attribute after a dot.
    static let reservedWords: Set<String> = ["true", "false", "if", "then", "else", "in", "is", "like", "has"]

    /// The name kept for the language itself.
    static let reservedNamespace = "__cedar"

    /// Whether a text has the form of an identifier, reserved or not.
    static func isWellFormed(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, first.isIdentifierStart else { return false }
        return text.utf8.allSatisfy(\.isIdentifierPart)
    }

    /// Whether a text can be a part of a name, and be written as an attribute's name without quotes.
    static func isUsable(_ text: String) -> Bool {
        self.isUsableInReference(text) && text != self.reservedNamespace
    }

    /// Whether a text can be a part of a name that may mean something of the language itself.
    static func isUsableInReference(_ text: String) -> Bool {
        self.isWellFormed(text) && !self.reservedWords.contains(text)
    }
}

extension UInt8 {
    /// `0` to `9`.
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }

    /// `0` to `9`, `a` to `f` and `A` to `F`.
    var isHexDigit: Bool { self.isDigit || (self | 0x20 >= 0x61 && self | 0x20 <= 0x66) }

    /// Letters and `_`.
    var isIdentifierStart: Bool { self == 0x5F || (self | 0x20 >= 0x61 && self | 0x20 <= 0x7A) }

    /// Letters, digits and `_`.
    var isIdentifierPart: Bool { self.isIdentifierStart || self.isDigit }
}
