/// What one gateway tells all others, because it must count everywhere within a second.
package enum Announcement: Hashable, Sendable {
    /// A token was made.
    case tokenCreated(TokenID)
    /// A token was taken back; `time` in seconds since 1970, UTC.
    case tokenRevoked(TokenID, time: Int64, by: String)
    /// A revision of the policies, by its hash, is to be taken up from where policies come from.
    case policyRevision(String)
    /// Something that a later version knows; passed over.
    case unknown(kind: String, payload: [UInt8])

    /// The name of the kind, as it is signed and stored.
    package var kind: String {
        switch self {
        case .tokenCreated: "token-created"
        case .tokenRevoked: "token-revoked"
        case .policyRevision: "policy-revision"
        case .unknown(let kind, _): kind
        }
    }

    /// What is said about it, in a line.
    package var payload: [UInt8] {
        switch self {
        case .tokenCreated(let id): Array("\(id)".utf8)
        case .tokenRevoked(let id, let time, let by): Array("\(id) \(time) \(by)".utf8)
        case .policyRevision(let revision): Array(revision.utf8)
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
        case "policy-revision":
            guard (1...200).contains(text.utf8.count) else { return nil }
            self = .policyRevision(text)
        default: self = .unknown(kind: kind, payload: payload)
        }
    }
}
