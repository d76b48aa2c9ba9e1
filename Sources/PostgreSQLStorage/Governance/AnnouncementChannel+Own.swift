import Governance
import Synchronization
import TransparencyLog

/// What this gateway itself announced: on its disk, in the table, and the same in both.
extension AnnouncementChannel {
    /// How many pages of rows that this gateway did not write are looked at in one transaction.
    private static let pages = 10

    /// Announces within a transaction.
    func tell(_ announcement: Announcement, _ connection: PostgreSQLConnection) throws {
        try AnnouncementRows.lock(self.announcer.name, connection)
        // No further number makes the two that are there into one.
        if let found = self.state.withLock({ $0.own[self.announcer.name] }), case .forked = found { throw found }
        guard try self.takeOver(self.announcer, connection) else {
            throw AnnouncementRefusal.flooded(self.announcer.name)
        }
        if case .policyPublished(let publication) = announcement { try self.claim(publication, connection) }
        let signed = try self.announcer.next(announcement, time: self.now())
        try AnnouncementRows.put(signed, connection)
        // On this disk before the database says that it has it: the number is never used for anything else.
        try self.announcer.keep(signed)
        try self.beat(connection)
    }

    /// Says how far this gateway has counted, within a transaction that holds its lock: nobody counts back.
    func beat(_ connection: PostgreSQLConnection) throws {
        let signed = try SignedAnnouncement(
            heartbeatAfter: self.announcer.sequence,
            time: self.now(),
            by: self.announcer.key
        )
        try AnnouncementRows.beat(signed, connection)
    }

    /// Keeps what the table holds beyond this disk's last announcement and this gateway signed, in a transaction that holds the lock.
    ///
    /// The disk may be from a backup, or another process with the same key may have announced. What follows without a gap is kept here too,
    /// because the signature proves whose it is; what is not signed is removed, because that proves the contrary.
    ///
    /// - Returns: Whether that was all; `false` when the next look has to go on.
    /// - Throws: ``AnnouncementRefusal/ahead(_:sequence:known:)`` when something between is missing: no number can be used then without being used
    ///   twice.
    private func takeOver(_ announcer: Announcer, _ connection: PostgreSQLConnection) throws -> Bool {
        var last = announcer.sequence
        for _ in 0..<Self.pages {
            let rows = try AnnouncementRows.announcements(of: announcer.name, after: last, connection)
            for row in rows {
                if row.isSigned(with: announcer.key.verifier) {
                    guard row.sequence == announcer.sequence + 1 else {
                        throw AnnouncementRefusal.ahead(
                            announcer.name,
                            sequence: row.sequence,
                            known: announcer.sequence
                        )
                    }
                    try announcer.keep(row)
                } else {
                    try AnnouncementRows.remove(row, connection)
                }
            }
            // Whoever waits for what was in the way looks again.
            if !rows.isEmpty { try connection.query(AnnouncementRows.wake) }
            guard rows.count == AnnouncementRows.batch, let end = rows.last else { return true }
            last = end.sequence
        }
        return false
    }

    /// Makes sure that nobody has published another revision of this number; until the transaction ends, nobody can.
    ///
    /// What was taken is known; looked at is only what came since, of those who are known, page by page.
    private func claim(_ publication: PolicyPublication, _ connection: PostgreSQLConnection) throws {
        try connection.query(GovernanceSchema.publishing)
        let (taken, newest) = self.state.withLock { ($0.reader.taken, $0.newest) }
        if let newest { try Self.yield(publication, to: newest) }
        for (signer, sequence) in taken {
            var last = sequence
            var page = 0
            while true {
                let rows = try AnnouncementRows.announcements(
                    of: signer,
                    after: last,
                    kind: Announcement.policyPublished(publication).kind,
                    connection
                )
                for signed in rows {
                    guard
                        case .policyPublished(let other) = Announcement(kind: signed.kind, payload: signed.payload),
                        self.state.withLock({ $0.reader.isGenuine(signed) })
                    else { continue }
                    try Self.yield(publication, to: other)
                }
                guard rows.count == AnnouncementRows.batch, let end = rows.last else { break }
                last = end.sequence
                page += 1
                // What is genuine is taken sooner or later; so much that cannot be is somebody's who writes into the table.
                guard page < Self.pages else {
                    throw GovernanceFailure.unavailable(
                        "the database holds more than \(Self.pages * AnnouncementRows.batch) revisions as published by `\(signer)` that were not taken; `/ready` says why"
                    )
                }
            }
        }
    }

    private static func yield(_ publication: PolicyPublication, to other: PolicyPublication) throws {
        guard other.number >= publication.number, other.digest != publication.digest else { return }
        let who = other.approval?.by.name ?? other.proposal.by.name
        throw GovernanceFailure.overtaken("revision \(other.digest.revision) (number \(other.number), by \(who))")
    }

    // MARK: - Mending

    /// Whether the table holds under this gateway's name what it did not say, or not as much as it said.
    func hasDamage(_ connection: PostgreSQLConnection) throws -> Bool {
        guard self.state.withLock({ $0.standing[self.announcer.name] == nil }) else { return true }
        let said = self.announcer.sequence
        let row = try connection.query(
            "SELECT count(*) FROM announcements WHERE signer = $1 AND sequence <= $2",
            [.text(self.announcer.name), .integer(Int64(said))]
        ).first
        return try row?.integer(0) ?? 0 < Int64(said)
    }

    /// Puts back what this gateway announced and is not in the table as it was, and removes what is not signed by it.
    func mend(_ connection: PostgreSQLConnection) throws {
        for announcer in [self.announcer] + self.retiring {
            try self.mendingOwn(announcer.name) {
                try connection.transaction { connection in
                    try AnnouncementRows.lock(announcer.name, connection)
                    try AnnouncementRows.removeUncounted(of: announcer.name, connection)
                    let isWhole = try self.takeOver(announcer, connection)
                    if isWhole, announcer.name != self.announcer.name, !Self.isSucceeded(announcer) {
                        try announcer.keep(announcer.next(.keyFollows(self.announcer.key.verifier), time: self.now()))
                    }
                }
                try self.putBack(announcer.name, announcer.key.verifier, announcer.all, connection)
            }
        }
        for (name, said) in self.former {
            guard let key = self.state.withLock({ $0.reader.key(of: name) }) else { continue }
            try self.mendingOwn(name) { try self.putBack(name, key, said, connection) }
        }
    }

    private func mendingOwn(_ name: String, _ body: () throws -> Void) throws {
        do {
            try body()
            self.note(nil, ofOwn: name)
        } catch let refusal as AnnouncementRefusal {
            self.note(refusal, ofOwn: name)
        }
    }

    /// Compares page by page, so that neither side is in memory twice.
    private func putBack(
        _ name: String,
        _ key: NoteVerifierKey,
        _ said: [SignedAnnouncement],
        _ connection: PostgreSQLConnection
    ) throws {
        var forked: UInt64?
        for first in stride(from: 0, to: said.count, by: AnnouncementRows.batch) {
            let page = said[first..<min(first + AnnouncementRows.batch, said.count)]
            try connection.transaction { connection in
                try AnnouncementRows.lock(name, connection)
                let rows = try AnnouncementRows.announcements(of: name, after: UInt64(first), connection)
                let stored = Dictionary(rows.map { ($0.sequence, $0) }, uniquingKeysWith: { one, _ in one })
                var isChanged = false
                for signed in page where stored[signed.sequence] != signed {
                    if let row = stored[signed.sequence], row.text != signed.text, row.isSigned(with: key) {
                        // Neither can be shown to be false, so neither is lost.
                        forked = forked ?? row.sequence
                    } else {
                        try AnnouncementRows.put(signed, connection)
                        isChanged = true
                    }
                }
                if isChanged { try connection.query(AnnouncementRows.wake) }
            }
        }
        if let forked { throw AnnouncementRefusal.forked(name, sequence: forked) }
    }

    private static func isSucceeded(_ announcer: Announcer) -> Bool {
        announcer.all.contains { $0.kind == Announcement.keyFollows(announcer.key.verifier).kind }
    }
}
