/// Something that happened to the log itself, written into it like any decision.
package struct LogEvent: Hashable, Sendable {
    package var id: DecisionID
    package var time: Timestamp
    package var gateway: String
    /// What happened, for example `journal-cut`; see the constants.
    package var name: String
    /// What belongs to it; never anything about a person.
    package var details: JSONValue

    package init(id: DecisionID, time: Timestamp, gateway: String, name: String, details: JSONValue) {
        self.id = id
        self.time = time
        self.gateway = gateway
        self.name = name
        self.details = details
    }

    /// The log was opened; says how many tiles had to be written again from the journal.
    package static let opened = "log-opened"
    /// The journal had a torn tail, which was cut: file, offset, bytes.
    package static let journalCut = "journal-cut"
    /// A segment was given up after a failure: file, reason.
    package static let segmentAbandoned = "segment-abandoned"
    /// A person's keys were destroyed: how many.
    package static let personErased = "person-erased"
    /// Parts were dropped, by retention: the part's name, from which place (`from`) to before which (`to`).
    package static let partsDropped = "parts-dropped"
    /// A revision of the policies came into force: which.
    package static let policiesLoaded = "policies-loaded"
    /// A revision of the policies was refused: how many errors, and the first.
    package static let policiesRefused = "policies-refused"
    /// An access token was made: its id, scope and end, and the decision that let it be made.
    package static let tokenCreated = "token-created"
    /// An access token was taken back: its id, and the decision that let that be done.
    package static let tokenRevoked = "token-revoked"
    /// Days were removed from the index.
    package static let daysRemoved = "days-removed"
}
