/// The circumstances of a request that policies can look at.
///
/// A decision depends only on those that some policy reads; a cache of decisions needs no others in its key.
package struct ContextAttributes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The service that was asked.
    package static let service = ContextAttributes(rawValue: 1)
    /// The service's kind of thing.
    package static let kind = ContextAttributes(rawValue: 2)
    /// The client's address.
    package static let peer = ContextAttributes(rawValue: 4)
    /// Whether the connection is encrypted.
    package static let encrypted = ContextAttributes(rawValue: 8)
    /// How the person authenticated.
    package static let authentication = ContextAttributes(rawValue: 16)
    /// When; a decision that reads it is never the same decision again.
    package static let time = ContextAttributes(rawValue: 32)
    /// The purpose that the person stated.
    package static let purpose = ContextAttributes(rawValue: 64)
    /// The grant that covers the question.
    package static let grant = ContextAttributes(rawValue: 128)

    /// Every attribute.
    package static let all = ContextAttributes(rawValue: 255)

    /// The attributes with their names in policies.
    package static let named: [(attribute: ContextAttributes, name: String)] = [
        (.service, "service"), (.kind, "kind"), (.peer, "peer"), (.encrypted, "encrypted"),
        (.authentication, "authentication"), (.time, "time"), (.purpose, "purpose"), (.grant, "grant"),
    ]

    /// The attribute of a name.
    package init?(name: some StringProtocol) {
        guard let found = Self.named.first(where: { $0.name == name }) else { return nil }
        self = found.attribute
    }
}
