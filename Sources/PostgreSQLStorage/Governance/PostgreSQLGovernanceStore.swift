package import Governance

/// Governed state in PostgreSQL, which several gateways share.
///
/// Not derived, as the index is: what is here is nowhere else as a whole, so tables are migrated, and backups of the database
/// have to take them along.
package final class PostgreSQLGovernanceStore: GovernanceStore {
    private let connections: ConnectionPool

    /// Names a store; nothing is connected to before it is used, so that a gateway starts while the database is away.
    ///
    /// The tables are made when they are not there, and a later version's are left alone.
    package init(_ configuration: PostgreSQLConfiguration) {
        self.connections = ConnectionPool(configuration, session: GovernanceSchema.session) { connection in
            try PostgreSQLSchema.migrate(connection, GovernanceSchema.migrations, schema: GovernanceSchema.name)
        }
    }

    package func add(_ token: TokenRecord, limit: Int, now: Int64) async throws(GovernanceFailure) -> Bool {
        try await self.write { connection in
            // Of two calls for one owner the second waits, and counts the first one's token.
            try connection.query(
                "SELECT pg_advisory_xact_lock(\(GovernanceSchema.ownerLock), hashtext($1))",
                [.text(token.owner)]
            )
            let good = try connection.query(
                "SELECT count(*) FROM tokens WHERE owner = $1 AND revoked IS NULL AND expires > $2",
                [.text(token.owner), .integer(now)]
            ).first
            guard try good?.integer(0) ?? 0 < limit else { return false }
            try connection.query(
                """
                INSERT INTO tokens (hash, id, owner, owner_name, name, scope, created, expires, seal)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                """,
                [
                    .bytes(token.hash.octets), .text(token.id.description), .text(token.owner),
                    .text(token.ownerName), .text(token.name), .text(token.scope.text), .integer(token.created),
                    .integer(token.expires), .bytes(token.seal),
                ]
            )
            return true
        }
    }

    package func token(_ hash: TokenHash) async throws(GovernanceFailure) -> TokenRecord? {
        try await self.read { connection in
            try connection.query("SELECT \(Self.columns) FROM tokens WHERE hash = $1", [.bytes(hash.octets)])
                .first.map(Self.token)
        }
    }

    package func tokens(of owner: String?, limit: Int) async throws(GovernanceFailure) -> [TokenRecord] {
        try await self.read { connection in
            try connection.query(
                """
                SELECT \(Self.columns) FROM tokens WHERE owner = coalesce($1, owner)
                ORDER BY created DESC, id COLLATE "C" LIMIT $2
                """,
                [PostgreSQLParameter(owner), .integer(Int64(limit))]
            ).map(Self.token)
        }
    }

    package func revokeToken(
        _ id: TokenID,
        of owner: String?,
        _ revocation: TokenRecord.Revocation
    ) async throws(GovernanceFailure) -> TokenRecord? {
        try await self.write { connection in
            try connection.query(
                """
                UPDATE tokens SET revoked = $1, revoked_by = $2
                WHERE id = $3 AND owner = coalesce($4, owner) AND revoked IS NULL
                """,
                [
                    .integer(revocation.time), .text(revocation.by), .text(id.description),
                    PostgreSQLParameter(owner),
                ]
            )
            return try connection.query(
                "SELECT \(Self.columns) FROM tokens WHERE id = $1 AND owner = coalesce($2, owner)",
                [.text(id.description), PostgreSQLParameter(owner)]
            ).first.map(Self.token)
        }
    }

    package func tokensRevoked(since time: Int64, limit: Int) async throws(GovernanceFailure) -> [TokenID] {
        try await self.read { connection in
            try connection.query(
                """
                SELECT id FROM tokens WHERE revoked >= $1 AND id ~ '^[0-9a-f]{16}$' ORDER BY revoked DESC LIMIT $2
                """,
                [.integer(time), .integer(Int64(limit))]
            ).compactMap { $0.text(0).flatMap { TokenID($0) } }
        }
    }

    package func noteUse(of id: TokenID, at time: Int64) async throws(GovernanceFailure) {
        try await self.write { connection in
            try connection.query(
                "UPDATE tokens SET last_used = greatest(coalesce(last_used, $1::bigint), $1::bigint) WHERE id = $2",
                [.integer(time), .text(id.description)]
            )
            return
        }
    }

    /// What is longer than a gateway writes is cut: it is forged, no seal holds for it, and it is not worth fetching.
    private static let columns = """
        substring(hash FROM 1 FOR 33), left(id, 17), left(owner, 1000), left(owner_name, 1000), left(name, 200), left(scope, 8000), created,
        expires, substring(seal FROM 1 FOR 33), revoked, left(revoked_by, 1000), last_used
        """

    private static func token(_ row: PostgreSQLRow) throws -> TokenRecord {
        let scope: TokenScope
        do {
            scope = try TokenScope((row.text(5) ?? "").split(separator: " ").map(String.init))
        } catch {
            throw GovernanceFailure.unreadable("token `\(row.text(1) ?? "")`: \(error)")
        }
        return TokenRecord(
            hash: TokenHash(octets: row.bytes(0)),
            owner: row.text(2) ?? "",
            ownerName: row.text(3) ?? "",
            name: row.text(4) ?? "",
            scope: scope,
            created: try row.integer(6),
            expires: try row.integer(7),
            seal: row.bytes(8),
            revocation: row.isNull(9)
                ? nil : TokenRecord.Revocation(time: try row.integer(9), by: row.text(10) ?? ""),
            lastUsed: row.isNull(11) ? nil : try row.integer(11)
        )
    }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (PostgreSQLConnection) throws -> Result
    ) async throws(GovernanceFailure) -> Result {
        do {
            return try await self.connections.write(body)
        } catch {
            throw Self.failure(error)
        }
    }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (PostgreSQLConnection) throws -> Result
    ) async throws(GovernanceFailure) -> Result {
        do {
            return try await self.connections.read(body)
        } catch {
            throw Self.failure(error)
        }
    }

    /// Never carries values: what was being written is for nobody's error log.
    private static func failure(_ error: any Error) -> GovernanceFailure {
        if let failure = error as? GovernanceFailure { return failure }
        return .unavailable("\(error)")
    }
}
