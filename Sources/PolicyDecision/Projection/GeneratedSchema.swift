package import SecurityLabels

/// The part of the policy schema that follows from the scheme: levels and categories as enumerated entities.
///
/// Generated and never typed by hand, so that a policy that names a category the scheme does not have is an error and not a door left
/// open.
package enum GeneratedSchema {
    /// The name under which errors refer to it.
    static let file = "scheme.yaml (as schema)"

    /// The text for a scheme.
    package static func text(for scheme: Scheme) -> String {
        let levels = scheme.levels.map { "\"\($0.name)\"" }.joined(separator: ", ")
        let names = scheme.categories.keys.sorted().map { "\"\($0.name)\"" }.joined(separator: ", ")
        return """
            // Made from scheme.yaml. Lowest level first; a resource is in every level at or below its own.
            entity Level enum [\(levels)];
            // An enumeration cannot be empty, so a scheme without categories has an ordinary type that no entity is of.
            entity Category\(names.isEmpty ? "" : " enum [\(names)]");

            """
    }
}
