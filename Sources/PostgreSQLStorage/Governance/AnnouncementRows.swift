import Governance

/// Announcements and heartbeats as rows.
enum AnnouncementRows {
    /// The most rows that are read at once, of 4 KiB each at most whatever the table holds; the next look goes on.
    static let batch = 1_000

    /// Wakes all gateways.
    static let wake = "SELECT pg_notify('\(GovernanceSchema.channel)', '')"

    static func announcement(_ signer: String, _ row: PostgreSQLRow) throws -> SignedAnnouncement {
        SignedAnnouncement(
            signer: signer,
            sequence: UInt64(bitPattern: try row.integer(0)),
            time: try row.integer(1),
            kind: row.text(2) ?? "",
            payload: row.bytes(3),
            signature: row.bytes(4)
        )
    }

    /// What a signer announced after a number, in order.
    ///
    /// What is longer than any announcement is cut: it is forged, and not worth fetching.
    /// At most ``batch`` are read; with a kind, only those of it.
    static func announcements(
        of signer: String,
        after sequence: UInt64,
        kind: String? = nil,
        _ connection: PostgreSQLConnection
    ) throws -> [SignedAnnouncement] {
        try connection.query(
            """
            SELECT sequence, time, left(kind, 100), substring(payload FROM 1 FOR \(Announcement.maximumPayload + 1)),
                substring(signature FROM 1 FOR 65)
            FROM announcements WHERE signer = $1 AND sequence > $2 AND kind = coalesce($3, kind)
            ORDER BY sequence LIMIT \(self.batch)
            """,
            [.text(signer), .integer(Int64(bitPattern: sequence)), PostgreSQLParameter(kind)]
        ).map { try self.announcement(signer, $0) }
    }

    /// How far signers say that they have counted.
    static func heartbeats(of signers: [String], _ connection: PostgreSQLConnection) throws -> [SignedAnnouncement] {
        try connection.query(
            """
            SELECT signer, sequence, time, substring(signature FROM 1 FOR 65) FROM heartbeats
            WHERE signer IN (\(self.places(signers.count)))
            """,
            signers.map { .text($0) }
        ).map { row in
            SignedAnnouncement(
                signer: row.text(0) ?? "",
                sequence: UInt64(bitPattern: try row.integer(1)),
                time: try row.integer(2),
                kind: SignedAnnouncement.heartbeat,
                payload: [],
                signature: row.bytes(3)
            )
        }
    }

    /// Some of those who announce without being known.
    static func strangers(besides signers: [String], _ connection: PostgreSQLConnection) throws -> [String] {
        // From one signer to the next by the key's own order: what each of them announced is not looked at.
        try connection.query(
            """
            WITH RECURSIVE found (signer) AS (
                (SELECT signer FROM announcements ORDER BY signer LIMIT 1)
                UNION ALL
                SELECT (SELECT a.signer FROM announcements a WHERE a.signer > found.signer ORDER BY a.signer LIMIT 1)
                FROM found WHERE found.signer IS NOT NULL
            )
            SELECT left(signer, 100) FROM found
            WHERE signer IS NOT NULL AND signer NOT IN (\(self.places(signers.count))) LIMIT 5
            """,
            signers.map { .text($0) }
        ).compactMap { $0.text(0) }
    }

    /// Removes a row that is not what it claims to be.
    static func remove(_ forged: SignedAnnouncement, _ connection: PostgreSQLConnection) throws {
        try connection.query(
            "DELETE FROM announcements WHERE signer = $1 AND sequence = $2",
            [.text(forged.signer), .integer(Int64(bitPattern: forged.sequence))]
        )
    }

    /// Removes what has a number that nobody counts to: everybody counts from 1.
    static func removeUncounted(of signer: String, _ connection: PostgreSQLConnection) throws {
        try connection.query("DELETE FROM announcements WHERE signer = $1 AND sequence < 1", [.text(signer)])
    }

    /// Writes an announcement of one's own; another row under its number is not one's own, and is replaced.
    static func put(_ signed: SignedAnnouncement, _ connection: PostgreSQLConnection) throws {
        try connection.query(
            """
            INSERT INTO announcements (signer, sequence, time, kind, payload, signature)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (signer, sequence) DO UPDATE
            SET time = excluded.time, kind = excluded.kind, payload = excluded.payload, signature = excluded.signature
            """,
            [
                .text(signed.signer), .integer(Int64(bitPattern: signed.sequence)), .integer(signed.time),
                .text(signed.kind), .bytes(signed.payload), .bytes(signed.signature),
            ]
        )
    }

    /// Says how far a signer has counted, and wakes the others.
    static func beat(_ signed: SignedAnnouncement, _ connection: PostgreSQLConnection) throws {
        try connection.query(
            """
            INSERT INTO heartbeats (signer, sequence, time, signature) VALUES ($1, $2, $3, $4)
            ON CONFLICT (signer) DO UPDATE
            SET sequence = excluded.sequence, time = excluded.time, signature = excluded.signature
            """,
            [
                .text(signed.signer), .integer(Int64(bitPattern: signed.sequence)), .integer(signed.time),
                .bytes(signed.signature),
            ]
        )
        try connection.query(self.wake)
    }

    /// One announcement after the other, also of two processes with one key; until the transaction ends.
    static func lock(_ signer: String, _ connection: PostgreSQLConnection) throws {
        try connection.query(
            "SELECT pg_advisory_xact_lock(\(GovernanceSchema.ownerLock), hashtext($1))",
            [.text(signer)]
        )
    }

    private static func places(_ count: Int) -> String {
        (1...max(1, count)).map { "$\($0)" }.joined(separator: ", ")
    }
}
