/// A word of a Cedar text: policies and schemas share one lexer.
package struct Token: Hashable, Sendable {
    /// What kind of word.
    package enum Kind: Hashable, Sendable {
        /// Letters, digits and `_`; keywords too, since most of them are also names.
        case identifier
        /// Decimal digits.
        case number
        /// Text in double quotes; the span includes the quotes, escapes are not yet read.
        case string
        /// `?name`
        case slot
        /// A punctuation mark or operator.
        case mark(Mark)
        /// The end of the text.
        case end
    }

    /// The punctuation marks and operators.
    package enum Mark: String, Hashable, Sendable {
        case at = "@"
        case dot = "."
        case comma = ","
        case semicolon = ";"
        case colon = ":"
        case doubleColon = "::"
        case leftParenthesis = "("
        case rightParenthesis = ")"
        case leftBrace = "{"
        case rightBrace = "}"
        case leftBracket = "["
        case rightBracket = "]"
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case or = "||"
        case and = "&&"
        case plus = "+"
        case minus = "-"
        case star = "*"
        case slash = "/"
        case percent = "%"
        case not = "!"
        case assign = "="
        case question = "?"
    }

    /// What kind of word it is.
    package let kind: Kind
    /// Where it stands.
    package let span: SourceSpan
}
