package import DecisionLog
package import Governance

/// What the console needs to give grants, given by whoever puts the house together.
package struct GrantOffice: Sendable {
    /// Who a login name is.
    package enum Found: Hashable, Sendable {
        case person(Signatory)
        /// There is nobody of this name, or nobody who may sign in.
        case nobody
        /// The directory cannot be asked now.
        case unavailable(String)
    }

    /// The rules.
    package var desk: GrantDesk
    /// Asks the directory.
    package var person: @Sendable (_ name: String) async -> Found
    /// Writes an entry into the decision log, and says whether it is on disk.
    package var record: @Sendable (_ name: String, _ details: [String: JSONValue]) async -> Bool
    /// Lets every event loop know what counts now; when it returns, they do.
    package var spread: @Sendable () async -> Void

    package init(
        desk: GrantDesk,
        person: @escaping @Sendable (_ name: String) async -> Found,
        record: @escaping @Sendable (_ name: String, _ details: [String: JSONValue]) async -> Bool,
        spread: @escaping @Sendable () async -> Void
    ) {
        self.desk = desk
        self.person = person
        self.record = record
        self.spread = spread
    }
}
