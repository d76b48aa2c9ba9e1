import Profiles

/// The laws of GraphQL documents.
enum GraphQLLaws {
    /// Checks one input; see ``ProfileLaws``.
    static func violation(by bytes: [UInt8]) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self), let operation = try? GraphQLOperation(text) else {
            return nil
        }
        // Nothing by which a field could be another than it is called is left in an accepted document.
        let quoted = text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        let bare = quoted.filter { $0.offset % 2 == 0 }.map(\.element).joined()
        guard !bare.contains("..."), !bare.contains("#"), !bare.contains("=") else { return "a way around is left" }
        guard (try? GraphQLOperation(Self.written(operation))) == operation else {
            return "written anew, it is another"
        }
        return nil
    }

    private static func written(_ operation: GraphQLOperation) -> String {
        let variables = operation.variables.map { "$\($0): T" }.joined(separator: ", ")
        return "query \(operation.name ?? "")" + (variables.isEmpty ? "" : "(\(variables))")
            + Self.written(operation.selections)
    }

    private static func written(_ fields: [GraphQLOperation.Field]) -> String {
        guard !fields.isEmpty else { return "" }
        let written = fields.map { field in
            let arguments = field.arguments.map { "\($0.key): $\($0.value)" }.joined(separator: ", ")
            return field.name + (arguments.isEmpty ? "" : "(\(arguments))") + Self.written(field.selections)
        }
        return "{" + written.joined(separator: " ") + "}"
    }
}
