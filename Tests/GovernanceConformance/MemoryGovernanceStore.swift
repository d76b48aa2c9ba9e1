package import Governance
import Synchronization

/// Governed state in memory, for tests that are about something else; a test can make it fail.
package final class MemoryGovernanceStore: GovernanceStore {
    private let rows = Mutex<[TokenHash: TokenRecord]>([:])
    private let failure = Mutex<GovernanceFailure?>(nil)

    package init() {}

    /// Makes every call from now on fail; `nil` mends it.
    package func fail(with failure: GovernanceFailure?) { self.failure.withLock { $0 = failure } }

    /// Puts a row there past every rule, as somebody who can write to the database would.
    package func smuggle(_ token: TokenRecord) { self.rows.withLock { $0[token.hash] = token } }

    private func answer<Result>(
        _ body: (inout [TokenHash: TokenRecord]) -> sending Result
    ) throws(GovernanceFailure) -> Result {
        if let failure = self.failure.withLock({ $0 }) { throw failure }
        return self.rows.withLock(body)
    }

    package func add(_ token: TokenRecord, limit: Int, now: Int64) async throws(GovernanceFailure) -> Bool {
        try self.answer { rows in
            guard rows.values.filter({ $0.owner == token.owner && $0.isGood(at: now) }).count < limit else {
                return false
            }
            rows[token.hash] = token
            return true
        }
    }

    package func token(_ hash: TokenHash) async throws(GovernanceFailure) -> TokenRecord? {
        try self.answer { $0[hash] }
    }

    package func tokens(of owner: String?, limit: Int) async throws(GovernanceFailure) -> [TokenRecord] {
        try self.answer { rows in
            let all = rows.values.filter { owner == nil || $0.owner == owner }
            let ordered = all.sorted { ($1.created, $0.id.description) < ($0.created, $1.id.description) }
            return Array(ordered.prefix(limit))
        }
    }

    package func revokeToken(
        _ id: TokenID,
        of owner: String?,
        _ revocation: TokenRecord.Revocation
    ) async throws(GovernanceFailure) -> TokenRecord? {
        try self.answer { rows in
            guard var token = rows.values.first(where: { $0.id == id && (owner == nil || $0.owner == owner) }) else {
                return nil
            }
            token.revocation = token.revocation ?? revocation
            rows[token.hash] = token
            return token
        }
    }

    package func tokensRevoked(since time: Int64, limit: Int) async throws(GovernanceFailure) -> [TokenID] {
        try self.answer { rows in
            let found = rows.values.filter { $0.revocation.map { $0.time >= time } ?? false }
            let latest = found.sorted { ($1.revocation?.time ?? 0) < ($0.revocation?.time ?? 0) }
            return latest.prefix(limit).map(\.id)
        }
    }

    package func noteUse(of id: TokenID, at time: Int64) async throws(GovernanceFailure) {
        try self.answer { rows in
            for (hash, token) in rows where token.id == id { rows[hash]?.lastUsed = max(time, token.lastUsed ?? time) }
        }
    }
}
