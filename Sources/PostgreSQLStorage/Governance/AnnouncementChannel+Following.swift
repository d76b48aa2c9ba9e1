import DecisionLog
import Governance
import Synchronization

/// Reading what others announced, and saying now and then that one is there.
extension AnnouncementChannel {
    /// How long to wait for a notification before looking by oneself and saying that one is there, in milliseconds.
    private static let heartbeatMilliseconds: Int32 = 5_000
    /// How often one's own rows are compared with what was announced byte by byte, in seconds.
    private static let mendSeconds: Int64 = 60

    /// Follows on a connection of its own until it fails or the worker is to stop.
    func follow(_ worker: Worker) throws {
        let connection = try PostgreSQLConnection(self.configuration)
        try PostgreSQLSchema.migrate(connection, GovernanceSchema.migrations, schema: GovernanceSchema.name)
        try connection.execute(GovernanceSchema.session)
        // First listened, then read: what comes in between is read or notified, or both.
        try connection.execute("LISTEN \(GovernanceSchema.channel)")
        var beaten = Int64.min
        var mended = Int64.min
        while !worker.shouldStop {
            while try !worker.shouldStop && self.read(connection) {}
            let now = self.now()
            let isBeatDue = now - Int64(Self.heartbeatMilliseconds / 1_000) >= beaten
            let isOwnRefused = self.state.withLock { $0.standing[self.announcer.name] != nil }
            if try now - Self.mendSeconds >= mended || isOwnRefused || isBeatDue && self.hasDamage(connection) {
                try self.mend(connection)
                mended = now
            }
            // Once what this gateway announced is the same on its disk and in the table, the next number is certain.
            self.state.withLock { $0.isCaughtUp = true }
            try self.tellUntold(connection)
            if isBeatDue, self.state.withLock({ $0.own[self.announcer.name] == nil }) {
                try connection.transaction { connection in
                    try AnnouncementRows.lock(self.announcer.name, connection)
                    try self.beat(connection)
                }
                beaten = now
            }
            // Looked at now and then, so that stopping does not wait for a whole beat.
            for _ in 0..<(Self.heartbeatMilliseconds / 100) where !worker.shouldStop {
                if try !connection.notifications(within: 100).isEmpty { break }
            }
        }
    }

    /// Tells what was taken back while nobody could be told.
    private func tellUntold(_ connection: PostgreSQLConnection) throws {
        for announcement in self.untold.all {
            do {
                try connection.transaction { try self.tell(announcement, $0) }
                self.untold.remove(announcement)
            } catch let refusal as AnnouncementRefusal {
                self.note(refusal, ofOwn: self.announcer.name)
                return
            } catch is GovernanceFailure {
                // The disk is full: with the next look.
                return
            }
        }
    }

    /// Reads what came after the last announcement of each gateway that was taken.
    ///
    /// - Returns: Whether there may be more: another key is to be followed, or there was too much for one look.
    private func read(_ connection: PostgreSQLConnection) throws -> Bool {
        let taken = self.state.withLock { $0.reader.taken }
        var hasMore = false
        for (signer, sequence) in taken.sorted(by: { $0.key < $1.key }) {
            let rows = try AnnouncementRows.announcements(of: signer, after: sequence, connection)
            let (announcements, refusal) = self.take(rows)
            if !announcements.isEmpty { self.heard(announcements) }
            if refusal == nil, rows.count == AnnouncementRows.batch { hasMore = true }
            self.note(refusal, of: signer)
        }
        let signers = taken.keys.sorted()
        for signed in try AnnouncementRows.heartbeats(of: signers, connection) {
            do {
                try self.state.withLock { state throws(AnnouncementRefusal) in
                    try state.reader.takeHeartbeat(signed, at: self.now())
                    if !state.reader.isRewound(signed.signer) { state.rewound[signed.signer] = nil }
                }
            } catch {
                if case .rewound = error {
                    self.state.withLock { $0.rewound[signed.signer] = error }
                    hasMore = true
                }
                self.report(error)
            }
        }
        let strangers = try AnnouncementRows.strangers(besides: signers, connection)
        // Whoever's key follows a known one is known when that is read, and it may have been written since. It stands in the table
        // before anything under the new key does: who is still unknown after another look is a stranger.
        let sighted = self.state.withLock { state in
            defer { state.sighted = strangers }
            return state.sighted
        }
        for signer in strangers where sighted.contains(signer) { self.note(.unknownSigner(signer), of: signer) }
        let known = self.state.withLock { state in
            for (signer, refusal) in state.standing {
                guard case .unknownSigner = refusal, !strangers.contains(signer) else { continue }
                state.standing[signer] = nil
            }
            return state.reader.taken.count
        }
        return hasMore || known != taken.count
    }

    /// Takes rows as far as they can be taken; why not, when one and so nothing after it can be.
    private func take(_ rows: [SignedAnnouncement]) -> (announcements: [Announcement], refusal: AnnouncementRefusal?) {
        var announcements: [Announcement] = []
        for signed in rows {
            do {
                try self.state.withLock { state throws(AnnouncementRefusal) in
                    let announcement = try state.reader.take(signed)
                    if case .policyPublished(let publication) = announcement,
                        state.newest.map({ $0.number < publication.number }) ?? true
                    {
                        state.newest = publication
                    }
                    announcements.append(announcement)
                }
            } catch {
                return (announcements, error)
            }
        }
        return (announcements, nil)
    }
}
