package import TransparencyLog

/// What one gateway tells all others, because it must count everywhere within a second.
package enum Announcement: Hashable, Sendable {
    /// A token was made.
    case tokenCreated(TokenID)
    /// A token was taken back; `time` in seconds since 1970, UTC.
    case tokenRevoked(TokenID, time: Int64, by: String)
    /// A revision of the policies was proposed.
    case policyProposed(PolicyProposal)
    /// A revision of the policies has its approvals, and is to be taken up.
    case policyPublished(PolicyPublication)
    /// An owner gave a grant.
    case grantGiven(Grant)
    /// A grant was taken back; `time` in seconds since 1970, UTC.
    case grantWithdrawn(GrantID, time: Int64, by: Signatory)
    /// The gateway will announce under another key, and has said its last under this one.
    case keyFollows(NoteVerifierKey)
    /// Something that a later version knows; passed over.
    case unknown(kind: String, payload: [UInt8])

    /// The name of the kind, as it is signed and stored.
    package var kind: String {
        switch self {
        case .tokenCreated: "token-created"
        case .tokenRevoked: "token-revoked"
        case .policyProposed: "policy-proposed"
        case .policyPublished: "policy-published"
        case .grantGiven: "grant-given"
        case .grantWithdrawn: "grant-withdrawn"
        case .keyFollows: "key-follows"
        case .unknown(let kind, _): kind
        }
    }

    /// What is said about it, in a line.
    package var payload: [UInt8] {
        switch self {
        case .tokenCreated(let id): Array("\(id)".utf8)
        case .tokenRevoked(let id, let time, let by): Array("\(id) \(time) \(by)".utf8)
        case .policyProposed(let proposal): proposal.payload
        case .policyPublished(let publication): publication.payload
        case .grantGiven(let grant): grant.payload
        case .grantWithdrawn(let id, let time, let by): PayloadLines.join(["\(id)", String(time), by.id, by.name])
        case .keyFollows(let key): Array(key.description.utf8)
        case .unknown(_, let payload): payload
        }
    }

    /// The longest payload that is taken.
    package static let maximumPayload = 4_096

    /// Reads what was signed; `nil` when a kind that is known here says what it cannot.
    package init?(kind: String, payload: [UInt8]) {
        guard payload.count <= Self.maximumPayload else { return nil }
        // No kind that is known says nothing, so what is not text is none of them.
        let text = String(validating: payload, as: UTF8.self) ?? ""
        switch kind {
        case "token-created":
            guard let id = TokenID(text) else { return nil }
            self = .tokenCreated(id)
        case "token-revoked":
            let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, let id = TokenID(parts[0]), let time = Int64(parts[1]) else { return nil }
            self = .tokenRevoked(id, time: time, by: String(parts[2]))
        case "policy-proposed":
            guard let proposal = PolicyProposal(payload: payload) else { return nil }
            self = .policyProposed(proposal)
        case "policy-published":
            guard let publication = PolicyPublication(payload: payload) else { return nil }
            self = .policyPublished(publication)
        case "grant-given":
            guard let grant = Grant(payload: payload) else { return nil }
            self = .grantGiven(grant)
        case "grant-withdrawn":
            guard let parts = PayloadLines.split(payload, into: 4), let id = GrantID(parts[0]),
                let time = Int64(parts[1])
            else { return nil }
            self = .grantWithdrawn(id, time: time, by: Signatory(id: parts[2], name: parts[3]))
        case "key-follows":
            guard let key = NoteVerifierKey(text) else { return nil }
            self = .keyFollows(key)
        default: self = .unknown(kind: kind, payload: payload)
        }
    }
}
