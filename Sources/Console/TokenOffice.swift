package import DecisionLog
package import Governance

/// What the console needs to give tokens out and take them back, given by whoever puts the house together.
package struct TokenOffice: Sendable {
    /// The rules.
    package var desk: TokenDesk
    /// The names of the gateway's services, which a scope may speak of.
    package var services: Set<String>
    /// Writes an entry into the decision log, and says whether it is on disk.
    package var record: @Sendable (_ name: String, _ details: [String: JSONValue]) async -> Bool
    /// Makes every event loop forget what was known by a token.
    package var forget: @Sendable (TokenID) async -> Void

    package init(
        desk: TokenDesk,
        services: Set<String>,
        record: @escaping @Sendable (_ name: String, _ details: [String: JSONValue]) async -> Bool,
        forget: @escaping @Sendable (TokenID) async -> Void
    ) {
        self.desk = desk
        self.services = services
        self.record = record
        self.forget = forget
    }
}
