/// The smallest parts of a GraphQL document.
///
/// Source: GraphQL specification, October 2021, sections 2.1.6 to 2.1.9 and 2.9.4.
enum GraphQLToken: Hashable {
    case name(String)
    case punctuator(Unicode.Scalar)
    /// Text in quotes, without escapes.
    case string(String)

    /// As it was written.
    var text: String {
        switch self {
        case .name(let name): name
        case .punctuator(let scalar): String(scalar)
        case .string(let string): "\"\(string)\""
        }
    }

    /// Takes a document apart.
    ///
    /// Comments, numbers, block strings and `...` are not among the tokens, since nothing that is let through needs them.
    static func tokens(of document: String) throws(GraphQLError) -> [GraphQLToken] {
        var tokens: [GraphQLToken] = []
        var rest = Substring(document).unicodeScalars
        while let first = rest.first {
            switch first {
            case " ", "\t", "\n", "\r", ",":
                rest.removeFirst()
            case "{", "}", "(", ")", "[", "]", ":", "$", "@", "!":
                tokens.append(.punctuator(first))
                rest.removeFirst()
            case "A"..."Z", "a"..."z", "_":
                let name = rest.prefix(while: Self.isInName)
                tokens.append(.name(String(String.UnicodeScalarView(name))))
                rest.removeFirst(name.count)
            case "\"":
                let text = rest.dropFirst().prefix { $0 != "\"" && $0 != "\\" && $0.value >= 0x20 }
                guard rest.dropFirst(1 + text.count).first == "\"" else {
                    throw .unexpected("\"", expected: "text in quotes without escapes")
                }
                tokens.append(.string(String(String.UnicodeScalarView(text))))
                rest.removeFirst(text.count + 2)
            default:
                throw .unexpected(String(first), expected: "a name or one of { } ( ) [ ] : $ @ !")
            }
        }
        return tokens
    }

    private static func isInName(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "_": true
        default: false
        }
    }
}
