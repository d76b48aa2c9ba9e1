package import TransparencyLog

/// Takes announcements only from known gateways, each once, in order, without gaps: free of I/O.
///
/// The database that carries them is not trusted. What is forged, repeated or out of order is refused and reported; what is
/// withheld shows by a heartbeat that counts further than what came. ``isFresh(at:)`` says whether everything that every
/// gateway announced is known here; while it is not, nothing may be granted by what others announced.
package struct AnnouncementReader: Sendable {
    private struct Peer: Sendable {
        var key: NoteVerifierKey
        /// The last announcement that was taken.
        var taken: UInt64 = 0
        /// How far the peer said it had counted, and when, in seconds since 1970.
        var told: (sequence: UInt64, time: Int64)?
        /// When it last said that there is nothing else than what was taken by then, in seconds since 1970; `nil` when never.
        var complete: Int64?
        /// How far it had counted before it counted back; `nil` when it did not, or has counted as far again.
        var rewoundFrom: UInt64?
        /// Whether it announces under another key by now: it will be silent under this one.
        var isSucceeded = false
        /// Whether it has said so itself: whoever speaks under this key afterwards is not that gateway.
        var hasLeft = false

        /// Notes that its last word is about nothing that did not come.
        mutating func completed() {
            guard self.rewoundFrom == nil, let told = self.told, told.sequence <= self.taken else { return }
            self.complete = max(self.complete ?? told.time, told.time)
        }
    }

    private var peers: [String: Peer]
    /// After how many seconds without a word from a gateway what it announced counts as unknown.
    package let staleSeconds: Int64

    /// - Parameters:
    ///   - keys: The public keys of all gateways.
    ///   - former: Keys that this gateway announced under before: believed, and not expected to speak.
    ///   - staleSeconds: After how many seconds of silence the picture counts as stale; default 30.
    package init(keys: [NoteVerifierKey], former: [NoteVerifierKey] = [], staleSeconds: Int64 = 30) {
        self.peers = Dictionary(keys.map { ($0.announcerName, Peer(key: $0)) }, uniquingKeysWith: { one, _ in one })
        for key in former where self.peers[key.announcerName] == nil {
            self.peers[key.announcerName] = Peer(key: key, isSucceeded: true)
        }
        self.staleSeconds = staleSeconds
    }

    /// The most keys that are followed, however many announce others.
    private static let maximumKeys = 1_000

    /// How many seconds another gateway's clock may be ahead.
    private static let maximumAhead: Int64 = 10

    private static func isAhead(_ time: Int64, of now: Int64) -> Bool { time > now && time - now > self.maximumAhead }

    /// After which announcement of each gateway to go on reading.
    package var taken: [String: UInt64] { self.peers.mapValues(\.taken) }

    /// Takes the next announcement of a gateway.
    ///
    /// - Throws: ``AnnouncementRefusal``; then nothing has changed.
    package mutating func take(_ signed: SignedAnnouncement) throws(AnnouncementRefusal) -> Announcement {
        guard var peer = self.peers[signed.signer] else { throw .unknownSigner(String(signed.signer.prefix(100))) }
        guard signed.kind != SignedAnnouncement.heartbeat, signed.isSigned(with: peer.key) else {
            throw .forged(signed.signer, sequence: signed.sequence)
        }
        guard signed.sequence > peer.taken else {
            throw .repeated(signed.signer, sequence: signed.sequence)
        }
        guard signed.sequence == peer.taken + 1 else {
            throw .missing(signed.signer, sequence: peer.taken + 1)
        }
        guard !peer.hasLeft else { throw .afterLast(signed.signer, sequence: signed.sequence) }
        guard let announcement = Announcement(kind: signed.kind, payload: signed.payload) else {
            throw .unreadable(signed.signer, sequence: signed.sequence)
        }
        peer.taken = signed.sequence
        peer.completed()
        if case .keyFollows(let key) = announcement {
            (peer.isSucceeded, peer.hasLeft) = (true, true)
            if self.peers[key.announcerName] == nil, self.peers.count < Self.maximumKeys {
                self.peers[key.announcerName] = Peer(key: key)
            }
        }
        self.peers[signed.signer] = peer
        return announcement
    }

    /// Takes a gateway's word on how far it has counted; older words than the one known, and words from the future, are passed over.
    ///
    /// A gateway never counts back, unless its disk is from a backup. What it says from then on may have numbers that were taken before, so
    /// everything is read from the first on again: what was heard twice is one, and until it has counted as far again it is not fresh.
    ///
    /// - Throws: ``AnnouncementRefusal``; then nothing has changed, except after ``AnnouncementRefusal/rewound(_:sequence:taken:)``.
    package mutating func takeHeartbeat(_ signed: SignedAnnouncement, at now: Int64) throws(AnnouncementRefusal) {
        guard var peer = self.peers[signed.signer] else { throw .unknownSigner(String(signed.signer.prefix(100))) }
        guard signed.kind == SignedAnnouncement.heartbeat, signed.isSigned(with: peer.key) else {
            throw .forged(signed.signer, sequence: signed.sequence)
        }
        // A clock that was ahead once would make a silent gateway look alive for as long.
        guard !Self.isAhead(signed.time, of: now) else { return }
        // What one believed while one's own clock was ahead is no word to wait for.
        let last = peer.told.flatMap { Self.isAhead($0.time, of: now) ? nil : $0.time }
        guard signed.time > last ?? 0 else { return }
        let counted = max(peer.told?.sequence ?? 0, peer.taken)
        peer.told = (signed.sequence, signed.time)
        // Who has left speaks no more: what is found here is from before its last announcement.
        if signed.sequence < counted, !peer.isSucceeded {
            peer.rewoundFrom = max(peer.rewoundFrom ?? 0, counted)
            peer.taken = 0
            self.peers[signed.signer] = peer
            throw .rewound(signed.signer, sequence: signed.sequence, taken: counted)
        }
        if let before = peer.rewoundFrom, signed.sequence >= before { peer.rewoundFrom = nil }
        peer.completed()
        self.peers[signed.signer] = peer
    }

    /// The gateways of which something may be unknown: silent for too long, or having announced what did not come.
    package func stale(at now: Int64) -> [String] {
        self.peers.filter { _, peer in
            if peer.isSucceeded { return (peer.told?.sequence ?? 0) > peer.taken }
            guard let told = peer.told, now - told.time <= self.staleSeconds, !Self.isAhead(told.time, of: now) else {
                return true
            }
            return told.sequence > peer.taken || peer.rewoundFrom != nil
        }.keys.sorted()
    }

    /// The gateways that have not said for longer than `seconds` that nothing of theirs is unknown here.
    ///
    /// Their words are signed and say when it was, so whoever carries them can neither invent nor renew one.
    ///
    /// - Parameters:
    ///   - now: The present moment, in seconds since 1970.
    ///   - seconds: For how long.
    ///   - start: From when on to count for those that were never heard.
    ///   - own: Who is not asked about: this gateway itself.
    /// - Returns: Their names, in order.
    package func incomplete(
        at now: Int64,
        for seconds: Int64,
        since start: Int64,
        besides own: String
    ) -> [String] {
        self.peers.filter { signer, peer in
            guard signer != own, !peer.isSucceeded || (peer.told?.sequence ?? 0) > peer.taken else { return false }
            let last = peer.complete ?? start
            return now - last > seconds || Self.isAhead(last, of: now)
        }.keys.sorted()
    }

    /// Whether a gateway that is known here signed this, in whatever order it came.
    package func isGenuine(_ signed: SignedAnnouncement) -> Bool {
        self.peers[signed.signer].map { signed.isSigned(with: $0.key) } ?? false
    }

    /// Whether a gateway has counted back, and not as far again since.
    package func isRewound(_ signer: String) -> Bool { self.peers[signer]?.rewoundFrom != nil }

    /// The key that a gateway announces under; `nil` when it is not known.
    package func key(of signer: String) -> NoteVerifierKey? { self.peers[signer]?.key }

    /// When a gateway was heard last, in seconds since 1970; `nil` when never.
    package func lastWord(of signer: String) -> Int64? { self.peers[signer]?.told?.time }

    /// Whether everything that every gateway announced is known.
    package func isFresh(at now: Int64) -> Bool { self.stale(at: now).isEmpty }
}
