import Catalog
import Profiles

/// What must hold for every input whatsoever of the room `Profiles`.
///
/// The first byte says what the rest is: a JSON text, a list answer, a GraphQL document, a body, or a target. A law that
/// does not hold is returned in words, so that the fuzzer can trap on it and a replay can print it.
enum ProfileLaws {
    /// Checks one input.
    ///
    /// - Parameter input: Anything.
    /// - Returns: The law that is broken, or `nil`.
    static func violation(by input: [UInt8]) -> String? {
        guard let kind = input.first else { return nil }
        let bytes = Array(input.dropFirst())
        switch kind % 5 {
        case 0: return JSONLaws.violation(by: bytes)
        case 1: return FilterLaws.violation(by: bytes)
        case 2: return GraphQLLaws.violation(by: bytes)
        case 3: return RouteLaws.violation(byBody: bytes)
        default: return RouteLaws.violation(byTarget: bytes)
        }
    }
}
