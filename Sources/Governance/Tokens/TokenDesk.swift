import Synchronization

/// Gives tokens out, recognises them, and takes them back: the rules about them, over whatever store.
package final class TokenDesk: Sendable {
    private let store: any GovernanceStore
    private let key: TokenKey
    private let limits: TokenLimits
    /// The present moment, in seconds since 1970; a parameter, so that tests need not wait.
    private let now: @Sendable () -> Int64
    /// Why no token is good now, whatever its row says; `nil` when nothing speaks against it.
    private let stopped: @Sendable () -> String?
    /// The last hour that was written down for each token that was used.
    private let noted = Mutex<[TokenID: Int64]>([:])

    /// How coarsely use is written down, in seconds: enough to see what is not needed any more, one write an hour at most.
    private static let usePeriod: Int64 = 3_600
    private static let maximumNoted = 100_000

    package init(
        store: any GovernanceStore,
        key: TokenKey,
        limits: TokenLimits = TokenLimits(),
        now: @escaping @Sendable () -> Int64,
        stopped: @escaping @Sendable () -> String? = { nil }
    ) {
        self.stopped = stopped
        self.store = store
        self.key = key
        self.limits = limits
        self.now = now
    }

    // MARK: - Giving out

    /// Checks an order for a token, so that it can be written into the log before anything is made.
    ///
    /// - Throws: ``TokenRefusal`` for the first thing that is wrong with it.
    package func draft(
        for owner: TokenOwner,
        name: String,
        days: Int,
        scope: TokenScope
    ) throws(TokenRefusal) -> TokenDraft {
        guard (1...100).contains(name.utf8.count), PayloadLines.isPlain(name),
            name.contains(where: { !$0.isWhitespace })
        else {
            throw .malformedName
        }
        guard (1...self.limits.maximumDays).contains(days) else {
            throw .lifetime(days: days, maximum: self.limits.maximumDays)
        }
        let token = AccessToken()
        let created = self.now()
        let expires = created + Int64(days) * 86_400
        let hash = token.hash
        let record = TokenRecord(
            hash: hash,
            owner: owner.id,
            ownerName: owner.name,
            name: name,
            scope: scope,
            created: created,
            expires: expires,
            seal: self.key.seal(hash, owner: owner.id, scope: scope, created: created, expires: expires)
        )
        return TokenDraft(token: token, record: record)
    }

    /// Makes a drafted token good.
    ///
    /// - Throws: ``TokenRefusal``, also when the owner has as many as they may.
    package func issue(_ draft: TokenDraft) async throws(TokenRefusal) {
        let isKept: Bool
        do {
            isKept = try await self.store.add(draft.record, limit: self.limits.perPerson, now: self.now())
        } catch {
            throw .store(error)
        }
        guard isKept else { throw .tooMany(limit: self.limits.perPerson) }
    }

    // MARK: - Recognising

    /// Whose a token is, if it opens anything.
    package func verify(_ token: AccessToken) async -> TokenVerdict {
        let found: TokenRecord?
        do {
            found = try await self.store.token(token.hash)
        } catch {
            return .unavailable(error.description)
        }
        guard let record = found else { return .refused(.unknown) }
        guard self.key.hasSealed(record) else { return .refused(.unsealed) }
        guard record.revocation == nil else { return .refused(.revoked) }
        let left = record.expires - self.now()
        guard left > 0 else { return .refused(.expired) }
        // Last, because what is refused anyway stays refused.
        if let reason = self.stopped() { return .unavailable(reason) }
        await self.noteUse(of: record)
        return .good(record, secondsLeft: left)
    }

    private func noteUse(of record: TokenRecord) async {
        let hour = self.now() / Self.usePeriod * Self.usePeriod
        if let last = record.lastUsed, last >= hour { return }
        let isNew = self.noted.withLock { noted in
            if let last = noted[record.id], last >= hour { return false }
            if noted.count >= Self.maximumNoted { noted.removeAll() }
            noted[record.id] = hour
            return true
        }
        // That it was used is worth knowing, not worth refusing the use for.
        if isNew { try? await self.store.noteUse(of: record.id, at: hour) }
    }

    // MARK: - Looking, and taking back

    /// Tokens in whatever state, newest first.
    ///
    /// - Parameter owner: Whose, by stable id; `nil` for everybody's.
    /// - Returns: At most ``TokenLimits/listed``.
    /// - Throws: ``TokenRefusal/store(_:)``.
    package func tokens(of owner: String?) async throws(TokenRefusal) -> [TokenRecord] {
        do {
            return try await self.store.tokens(of: owner, limit: self.limits.listed)
        } catch {
            throw .store(error)
        }
    }

    /// Takes a token back.
    ///
    /// - Returns: The token; `nil` when there is none with this id, or it is not `owner`'s.
    package func revoke(_ id: TokenID, of owner: String?, by: String) async throws(TokenRefusal) -> TokenRecord? {
        do {
            return try await self.store.revokeToken(id, of: owner, .init(time: self.now(), by: by))
        } catch {
            throw .store(error)
        }
    }

    /// The tokens that were taken back lately, by whichever gateway that shares the store.
    ///
    /// Looks back a minute, so that clocks may differ and writes may be seen late.
    ///
    /// - Returns: The tokens; `nil` when there are more than ``TokenLimits/lately``, so that any may be among them.
    package func revokedLately() async throws(TokenRefusal) -> [TokenID]? {
        do {
            let limit = self.limits.lately
            let found = try await self.store.tokensRevoked(since: self.now() - 60, limit: limit + 1)
            return found.count > limit ? nil : found
        } catch {
            throw .store(error)
        }
    }
}

/// A token that is about to be made.
package struct TokenDraft: Sendable {
    /// To be shown to its owner, once.
    package let token: AccessToken
    /// To be stored.
    package let record: TokenRecord
}

/// Whose a token is.
package struct TokenOwner: Hashable, Sendable {
    /// The stable id of their directory entry.
    package let id: String
    /// Their login name.
    package let name: String

    package init(id: String, name: String) {
        self.id = id
        self.name = name
    }
}

/// What came of showing a token.
package enum TokenVerdict: Hashable, Sendable {
    /// It is good for so many seconds more, if its owner's account is.
    case good(TokenRecord, secondsLeft: Int64)
    /// It opens nothing; why is for the record only.
    case refused(TokenFault)
    /// Nobody could be asked.
    case unavailable(String)
}

/// Why a token opens nothing; the raw value is what stands in records.
package enum TokenFault: String, Hashable, Sendable {
    /// There never was one like it.
    case unknown = "unknown-token"
    /// Its end has passed.
    case expired = "expired-token"
    /// It was taken back.
    case revoked = "revoked-token"
    /// Its row was not written by a gateway: somebody has been at the database.
    case unsealed = "unsealed-token"
}

/// How many tokens there may be, and for how long.
package struct TokenLimits: Hashable, Sendable {
    /// The longest lifetime, in days; default 365: what nobody renews for a year, nobody knows about.
    package var maximumDays = 365

    /// Tokens per person that are good at the same time; default 20.
    package var perPerson = 20

    /// Tokens that a list shows; default 1,000.
    package var listed = 1_000

    /// How many tokens that were taken back in a minute are told apart; default 10,000: beyond that every token is looked up again.
    package var lately = 10_000

    package init() {}
}

/// Why a token was not given out, or not found.
package enum TokenRefusal: Error, Hashable, CustomStringConvertible {
    /// The name is empty, too long, or cannot be shown.
    case malformedName
    /// It would live too long, or not at all.
    case lifetime(days: Int, maximum: Int)
    /// The owner has as many as they may.
    case tooMany(limit: Int)
    /// The store failed.
    case store(GovernanceFailure)

    /// One line for people: what was found, what was expected, and the remedy.
    package var description: String {
        switch self {
        case .malformedName: "found no usable name for the token, expected 1 to 100 bytes of visible characters"
        case .lifetime(let days, let maximum): "found a lifetime of \(days) days, expected 1 to \(maximum)"
        case .tooMany(let limit):
            "you have \(limit) tokens already, as many as a person may; revoke one that is not needed"
        case .store(let failure): failure.description
        }
    }
}
