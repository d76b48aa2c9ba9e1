import Foundation
import GRDB
package import Governance

/// Governed state in one SQLite file: the default, for one gateway.
///
/// Not derived, as the index is: what is here is nowhere else as a whole, so a file of an older version is migrated, and a
/// backup has to take it along.
package final class SQLiteGovernanceStore: GovernanceStore {
    private let database: DatabasePool

    /// Opens the file, which is made when it is not there, readable for its owner alone.
    ///
    /// - Throws: ``GovernanceFailure``; also for a file of a later version than this program knows.
    package init(path: String) throws(GovernanceFailure) {
        do {
            let files = FileManager.default
            if !files.fileExists(atPath: path),
                !files.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
            {
                throw GovernanceFailure.unavailable("`\(path)` cannot be made")
            }
            var configuration = Configuration()
            configuration.maximumReaderCount = 4
            configuration.prepareDatabase { db in
                // A revocation that was told to be done must outlive a power failure.
                try db.execute(sql: "PRAGMA synchronous = FULL")
            }
            self.database = try DatabasePool(path: path, configuration: configuration)
            guard try self.database.read(Self.migrator.hasBeenSuperseded) == false else {
                throw GovernanceFailure.unreadable("`\(path)` was written by a later version of stile")
            }
            try Self.migrator.migrate(self.database)
        } catch {
            throw Self.failure(error)
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("tokens") { db in
            try db.execute(
                sql: """
                    CREATE TABLE tokens (
                        hash BLOB PRIMARY KEY NOT NULL, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL,
                        owner_name TEXT NOT NULL, name TEXT NOT NULL, scope TEXT NOT NULL, created INTEGER NOT NULL,
                        expires INTEGER NOT NULL, seal BLOB NOT NULL, revoked INTEGER, revoked_by TEXT, last_used INTEGER
                    ) WITHOUT ROWID;
                    CREATE INDEX tokens_of_owner ON tokens (owner, created);
                    CREATE INDEX tokens_revoked ON tokens (revoked) WHERE revoked IS NOT NULL;
                    """
            )
        }
        return migrator
    }

    // MARK: - Tokens

    package func add(_ token: TokenRecord, limit: Int, now: Int64) async throws(GovernanceFailure) -> Bool {
        try await self.write { db in
            let good = try Int.fetchOne(
                db,
                sql: "SELECT count(*) FROM tokens WHERE owner = ? AND revoked IS NULL AND expires > ?",
                arguments: [token.owner, now]
            )
            guard (good ?? 0) < limit else { return false }
            try db.execute(
                sql: """
                    INSERT INTO tokens (hash, id, owner, owner_name, name, scope, created, expires, seal)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    Data(token.hash.octets), token.id.description, token.owner, token.ownerName, token.name,
                    token.scope.text, token.created, token.expires, Data(token.seal),
                ]
            )
            return true
        }
    }

    package func token(_ hash: TokenHash) async throws(GovernanceFailure) -> TokenRecord? {
        try await self.read { db in
            let row = try Row.fetchOne(db, sql: "SELECT * FROM tokens WHERE hash = ?", arguments: [Data(hash.octets)])
            return try row.map(Self.token)
        }
    }

    package func tokens(of owner: String?, limit: Int) async throws(GovernanceFailure) -> [TokenRecord] {
        try await self.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM tokens WHERE owner = coalesce(?, owner) ORDER BY created DESC, id LIMIT ?
                    """,
                arguments: [owner, limit]
            )
            return try rows.map(Self.token)
        }
    }

    package func revokeToken(
        _ id: TokenID,
        of owner: String?,
        _ revocation: TokenRecord.Revocation
    ) async throws(GovernanceFailure) -> TokenRecord? {
        try await self.write { db in
            try db.execute(
                sql: """
                    UPDATE tokens SET revoked = ?, revoked_by = ?
                    WHERE id = ? AND owner = coalesce(?, owner) AND revoked IS NULL
                    """,
                arguments: [revocation.time, revocation.by, id.description, owner]
            )
            let row = try Row.fetchOne(
                db,
                sql: "SELECT * FROM tokens WHERE id = ? AND owner = coalesce(?, owner)",
                arguments: [id.description, owner]
            )
            return try row.map(Self.token)
        }
    }

    package func tokensRevoked(since time: Int64, limit: Int) async throws(GovernanceFailure) -> [TokenID] {
        try await self.read { db in
            try String.fetchAll(
                db,
                sql: "SELECT id FROM tokens WHERE revoked >= ? ORDER BY revoked DESC LIMIT ?",
                arguments: [time, limit]
            ).compactMap { TokenID($0) }
        }
    }

    package func noteUse(of id: TokenID, at time: Int64) async throws(GovernanceFailure) {
        try await self.write { db in
            try db.execute(
                sql: "UPDATE tokens SET last_used = max(coalesce(last_used, ?1), ?1) WHERE id = ?2",
                arguments: [time, id.description]
            )
        }
    }

    private static func token(_ row: Row) throws -> TokenRecord {
        let scope: TokenScope
        do {
            scope = try TokenScope((row["scope"] as String).split(separator: " ").map(String.init))
        } catch {
            throw GovernanceFailure.unreadable("token `\(row["id"] as String)`: \(error)")
        }
        let revoked: Int64? = row["revoked"]
        return TokenRecord(
            hash: TokenHash(octets: Array(row["hash"] as Data)),
            owner: row["owner"],
            ownerName: row["owner_name"],
            name: row["name"],
            scope: scope,
            created: row["created"],
            expires: row["expires"],
            seal: Array(row["seal"] as Data),
            revocation: revoked.map { TokenRecord.Revocation(time: $0, by: row["revoked_by"] ?? "") },
            lastUsed: row["last_used"]
        )
    }

    // MARK: - Naming failures

    private func write<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(GovernanceFailure) -> Result {
        do {
            return try await self.database.write(body)
        } catch {
            throw Self.failure(error)
        }
    }

    private func read<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(GovernanceFailure) -> Result {
        do {
            return try await self.database.read(body)
        } catch {
            throw Self.failure(error)
        }
    }

    /// Never carries values: what was being written is for nobody's error log.
    private static func failure(_ error: any Error) -> GovernanceFailure {
        switch error {
        case let failure as GovernanceFailure: failure
        case let failure as DatabaseError:
            .unavailable("sqlite \(failure.resultCode.rawValue) \(failure.message ?? "")")
        default: .unavailable(String(describing: error))
        }
    }
}
