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

    /// The same with details that fit a leaf: long texts cut, long lists ended, and `"short": true` to say so.
    ///
    /// Details may quote what somebody else wrote, and an event is never dropped because that was long.
    var fitted: LogEvent {
        var text: [UInt8] = []
        JSONText.append(self.details, to: &text)
        guard text.count > Self.maximumDetailBytes else { return self }
        var event = self
        event.details = Self.short(self.details, depth: 2)
        if case .object(var members) = event.details {
            members["short"] = .bool(true)
            event.details = .object(members)
        }
        return event
    }

    private static let maximumDetailBytes = 8_192

    /// At most 8 members of 8 members of texts of 256 bytes, each of which JSON can make six times as long.
    private static func short(_ value: JSONValue, depth: Int) -> JSONValue {
        switch value {
        case .string(let text): return .string(PreparedDecision.short(text))
        case .array(let elements):
            guard depth > 0 else { return .array([]) }
            return .array(elements.prefix(depth == 2 ? 8 : 1).map { self.short($0, depth: depth - 1) })
        case .object(let members):
            guard depth > 0 else { return .object([:]) }
            let kept = members.sorted { $0.key < $1.key }.prefix(8).map { name, value in
                (PreparedDecision.short(name), self.short(value, depth: depth - 1))
            }
            return .object(Dictionary(kept) { first, _ in first })
        default: return value
        }
    }

    /// The log was opened; says how many tiles had to be written again from the journal.
    package static let opened = "log-opened"
    /// The journal had a torn tail, which was cut: file, offset, bytes.
    package static let journalCut = "journal-cut"
    /// A segment was given up after a failure: file, reason.
    package static let segmentAbandoned = "segment-abandoned"
    /// A person's keys are destroyed: how many, and their ids, which say nothing about the person.
    package static let personErased = "person-erased"
    /// Parts were dropped, by retention: the part's name, from which place (`from`) to before which (`to`).
    package static let partsDropped = "parts-dropped"
    /// A revision of the policies came into force: which.
    package static let policiesLoaded = "policies-loaded"
    /// A revision of the policies was refused: how many errors, and the first.
    package static let policiesRefused = "policies-refused"
    /// A revision of the policies was proposed: which, on top of which, by how many people it must be approved, and the decision that let it.
    package static let policyProposed = "policy-proposed"
    /// A revision of the policies was approved: which, and the decision that let it.
    package static let policyApproved = "policy-approved"
    /// A revision was not approved, because who proposed it may not any more: which, why, and the decision that let somebody try.
    package static let policyLapsed = "policy-lapsed"
    /// A grant was given: its id, entry, label and end, and the decision that let it be given.
    package static let grantGiven = "grant-given"
    /// A grant was taken back: its id, and the decision that let that be done.
    package static let grantWithdrawn = "grant-withdrawn"
    /// Something that claims to be another gateway's announcement was not taken: what was found.
    package static let announcementRefused = "announcement-refused"
    /// An access token was made: its id, scope and end, and the decision that let it be made.
    package static let tokenCreated = "token-created"
    /// An access token was taken back: its id, and the decision that let that be done.
    package static let tokenRevoked = "token-revoked"
    /// The log will sign with another key: which (`key`), announced by which (`by`), in which signed words (`note`).
    package static let keyAnnounced = "key-announced"
    /// An old key signs no more: which.
    package static let keyRetired = "key-retired"
    /// Something damaged was moved aside: which file, to where, and which entries are concerned.
    package static let quarantined = "quarantined"
    /// How the leaf of an event begins.
    static let leafBeginning = Array("{\"v\":1,\"kind\":\"event\"".utf8)
    /// An index that had more entries than the log was made anew: how many it had (`index`), and the log (`log`).
    package static let entriesLost = "entries-lost"
    /// Days were removed from the index.
    package static let daysRemoved = "days-removed"
}
