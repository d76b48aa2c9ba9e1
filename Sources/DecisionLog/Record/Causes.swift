/// What a deny was due to, as a set, because a request can fail for several reasons at once.
///
/// Review counts only denials whose cause is the label *alone*; that is why the set is kept and not its first member.
package struct Causes: OptionSet, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A permit matches at the label as it is, and a forbid about the label denies.
    package static let label = Causes(rawValue: 1)
    /// No permit matches.
    package static let role = Causes(rawValue: 2)
    /// A forbid about the circumstances denies: time, network, purpose.
    package static let context = Causes(rawValue: 4)
    /// Nobody known asked: no credential, a wrong one, or a closed account.
    package static let account = Causes(rawValue: 8)
    /// Something could not be decided, so the door stayed shut.
    package static let error = Causes(rawValue: 16)

    /// Every cause with its written name, in the order in which they are written.
    package static let named: [(cause: Causes, name: String)] = [
        (.label, "label"), (.role, "role"), (.context, "context"), (.account, "account"), (.error, "error"),
    ]

    /// The names of the causes in this set, in fixed order.
    package var names: [String] { Self.named.filter { self.contains($0.cause) }.map(\.name) }

    package var description: String { self.names.joined(separator: ",") }

    /// The cause with this name.
    package init?(name: some StringProtocol) {
        guard let found = Self.named.first(where: { $0.name == name }) else { return nil }
        self = found.cause
    }
}
