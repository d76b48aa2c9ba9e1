import Synchronization

/// A store of governed state whose revocations reach every gateway by signed announcements.
///
/// A revocation that was announced holds here whatever the database says later: who can write to it can take a token away,
/// but not give one back.
package final class AnnouncedTokens: GovernanceStore {
    private let store: any GovernanceStore
    private let announce: @Sendable (Announcement) async throws(GovernanceFailure) -> Void
    private let revoked = Mutex<[TokenID: TokenRecord.Revocation]>([:])

    /// - Parameters:
    ///   - store: Where the rows are.
    ///   - announce: Tells all gateways.
    package init(
        _ store: any GovernanceStore,
        announce: @escaping @Sendable (Announcement) async throws(GovernanceFailure) -> Void
    ) {
        self.store = store
        self.announce = announce
    }

    /// Takes up what a gateway announced.
    package func hear(_ announcement: Announcement) {
        guard case .tokenRevoked(let id, let time, let by) = announcement else { return }
        self.revoked.withLock { revoked in
            // The first revocation is the one that counts, as in a store.
            if revoked[id] == nil { revoked[id] = TokenRecord.Revocation(time: time, by: by) }
        }
    }

    package func add(_ token: TokenRecord, limit: Int, now: Int64) async throws(GovernanceFailure) -> Bool {
        let isAdded = try await self.store.add(token, limit: limit, now: now)
        if isAdded { try await self.announce(.tokenCreated(token.id)) }
        return isAdded
    }

    package func token(_ hash: TokenHash) async throws(GovernanceFailure) -> TokenRecord? {
        try await self.store.token(hash).map(self.known)
    }

    package func tokens(of owner: String?, limit: Int) async throws(GovernanceFailure) -> [TokenRecord] {
        try await self.store.tokens(of: owner, limit: limit).map(self.known)
    }

    package func revokeToken(
        _ id: TokenID,
        of owner: String?,
        _ revocation: TokenRecord.Revocation
    ) async throws(GovernanceFailure) -> TokenRecord? {
        guard let token = try await self.store.revokeToken(id, of: owner, revocation) else { return nil }
        let kept = token.revocation ?? revocation
        self.hear(.tokenRevoked(id, time: kept.time, by: kept.by))
        // Announced again when it was revoked already: the first announcement may be what failed.
        try await self.announce(.tokenRevoked(id, time: kept.time, by: kept.by))
        return self.known(token)
    }

    package func tokensRevoked(since time: Int64, limit: Int) async throws(GovernanceFailure) -> [TokenID] {
        let announced = self.revoked.withLock { $0.filter { $0.value.time >= time }.map(\.key) }
        let stored = try await self.store.tokensRevoked(since: time, limit: limit)
        return Array(Set(announced.prefix(limit)).union(stored).prefix(limit))
    }

    package func noteUse(of id: TokenID, at time: Int64) async throws(GovernanceFailure) {
        try await self.store.noteUse(of: id, at: time)
    }

    /// The token as it is known here.
    private func known(_ token: TokenRecord) -> TokenRecord {
        guard token.revocation == nil, let revocation = self.revoked.withLock({ $0[token.id] }) else { return token }
        var known = token
        known.revocation = revocation
        return known
    }
}
