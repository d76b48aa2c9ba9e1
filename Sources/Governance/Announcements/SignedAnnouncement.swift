package import TransparencyLog

/// An announcement with its signer's signature: whatever carries it can lose it, but not change or invent it.
///
/// Each gateway counts its own announcements from 1 on, without gaps, so that one that is missing, comes twice or comes in
/// another order is noticed.
package struct SignedAnnouncement: Hashable, Sendable {
    /// The signing key, as ``NoteVerifierKey/description`` without the key itself: name and id.
    package var signer: String
    package var sequence: UInt64
    /// When it was signed, in seconds since 1970, UTC.
    package var time: Int64
    package var kind: String
    package var payload: [UInt8]
    /// Ed25519 over ``text``.
    package var signature: [UInt8]

    package init(
        signer: String,
        sequence: UInt64,
        time: Int64,
        kind: String,
        payload: [UInt8],
        signature: [UInt8]
    ) {
        self.signer = signer
        self.sequence = sequence
        self.time = time
        self.kind = kind
        self.payload = payload
        self.signature = signature
    }

    /// Signs an announcement.
    package init(_ announcement: Announcement, sequence: UInt64, time: Int64, by key: NoteSignerKey) throws {
        self.init(
            kind: announcement.kind,
            payload: announcement.payload,
            sequence: sequence,
            time: time,
            by: key
        )
        self.signature = try key.signature(over: self.text)
    }

    /// Signs that nothing came after an announcement until now: what tells silence from something withheld.
    package init(heartbeatAfter sequence: UInt64, time: Int64, by key: NoteSignerKey) throws {
        self.init(kind: Self.heartbeat, payload: [], sequence: sequence, time: time, by: key)
        self.signature = try key.signature(over: self.text)
    }

    private init(kind: String, payload: [UInt8], sequence: UInt64, time: Int64, by key: NoteSignerKey) {
        self.init(
            signer: key.verifier.announcerName,
            sequence: sequence,
            time: time,
            kind: kind,
            payload: payload,
            signature: []
        )
    }

    /// The kind of ``init(heartbeatAfter:time:by:)``.
    package static let heartbeat = "heartbeat"

    /// What is signed; no part of it can run into the next, and a checkpoint never begins like this.
    package var text: [UInt8] {
        Array("stile announcement v1\n\(self.signer)\n\(self.sequence)\n\(self.time)\n\(self.kind)\n".utf8)
            + Array("\(self.payload.count)\n".utf8) + self.payload
    }

    /// Whether it was signed with this key, and is as it was then.
    package func isSigned(with key: NoteVerifierKey) -> Bool {
        self.signer == key.announcerName && !self.kind.contains("\n") && key.isValid(self.signature, over: self.text)
    }
}

extension NoteVerifierKey {
    /// What a gateway is called among those that announce: its key's name and id.
    package var announcerName: String {
        let parts = self.description.split(separator: "+", maxSplits: 2)
        return parts.prefix(2).joined(separator: "+")
    }
}
