/// A GraphQL document of the one form that is let through: a single query, its fields plain.
///
///     document  = "query" [ name ] [ variables ] *directive selections
///     variables = "(" 1*( "$" name ":" type ) ")"
///     selection = name [ arguments ] [ selections ]
///     arguments = "(" 1*( name ":" "$" name ) ")"
///     directive = "@" name [ "(" name ":" string ")" ]
///
/// GraphQL has many ways to ask for a thing under another name or from elsewhere: aliases, fragments, several operations
/// of which one is chosen later, default values, literal arguments, directives that depend on variables. Each is a way to
/// be misread, real clients need none of them here, and so none is in this grammar.
///
/// Source: GraphQL specification, October 2021, section 2.
package struct GraphQLOperation: Hashable, Sendable {
    /// A field that is asked for.
    package struct Field: Hashable, Sendable {
        /// Its name.
        package let name: String
        /// The variable that each argument takes.
        package let arguments: [String: String]
        /// The fields that are asked for inside it.
        package let selections: [Field]
    }

    /// The operation's own name; `nil` when it has none.
    package let name: String?

    /// The names of its variables, without `$`.
    package let variables: [String]

    /// The fields asked for at the root.
    package let selections: [Field]

    /// Reads a document.
    ///
    /// - Parameter document: The text, at most ``maximumLength`` bytes.
    /// - Throws: ``GraphQLError`` naming the first thing that is not in the grammar.
    package init(_ document: String) throws(GraphQLError) {
        var parser = try GraphQLParser(document)
        self = try parser.operation()
    }

    init(name: String?, variables: [String], selections: [Field]) {
        self.name = name
        self.variables = variables
        self.selections = selections
    }

    /// No document is longer than this, in bytes; the longest of MLflow's interface has 1,600.
    package static let maximumLength = 16 << 10

    /// How deep selections may be nested.
    package static let maximumDepth = 12
}

/// Why a GraphQL document was refused.
package enum GraphQLError: Error, Hashable, CustomStringConvertible {
    /// The document is longer than this, in bytes.
    case tooLong(limit: Int)

    /// Selections are nested deeper than this.
    case tooDeep(limit: Int)

    /// Something else was expected.
    case unexpected(String, expected: String)

    /// A name is given twice where it may be given once.
    case repeated(String)

    /// One line for people.
    package var description: String {
        switch self {
        case .tooLong(let limit): "the GraphQL document is too long, expected at most \(limit) bytes"
        case .tooDeep(let limit): "the GraphQL document is nested too deep, expected at most \(limit) levels"
        case .unexpected(let found, let expected): "found `\(found)` in the GraphQL document, expected \(expected)"
        case .repeated(let name): "`\(name)` is given twice in the GraphQL document, expected it once"
        }
    }
}
