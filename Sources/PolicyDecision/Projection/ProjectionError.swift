/// Why something we know could not be said in the terms of the policy schema.
package enum ProjectionError: Error, Hashable, Sendable {
    /// The schema asks for an attribute that the directory gives no usable value for.
    case attribute(String, expected: String)

    /// The schema refuses what was made.
    case schema([String])
}

extension ProjectionError: CustomStringConvertible {
    /// One line for people.
    package var description: String {
        switch self {
        case .attribute(let name, let expected): "the directory has no usable value of `\(name)`, expected \(expected)"
        case .schema(let problems): problems.joined(separator: "; ")
        }
    }
}
