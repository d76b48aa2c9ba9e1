/// Where governed state is kept.
///
/// Small on purpose: rules are made by the rooms that use it, and a store keeps rows. When a call that writes returns, what it wrote is
/// durable, and every later call sees it, also through another connection. Facts that hold for every store are in
/// `Tests/GovernanceConformance`.
///
/// Times are seconds since 1970, UTC.
package protocol GovernanceStore: Sendable {
    /// Keeps a new token, unless its owner has too many.
    ///
    /// Counting and writing are one step: of two calls at once for an owner's last place one is refused.
    ///
    /// - Parameters:
    ///   - token: Neither revoked nor used.
    ///   - limit: How many tokens the owner may have that are good at `now`, this one included.
    ///   - now: When it is.
    /// - Returns: `false` when there were `limit` already, and nothing was written.
    /// - Throws: ``GovernanceFailure``; then it is not there.
    func add(_ token: TokenRecord, limit: Int, now: Int64) async throws(GovernanceFailure) -> Bool

    /// The token with this hash, in whatever state; `nil` when there never was one.
    func token(_ hash: TokenHash) async throws(GovernanceFailure) -> TokenRecord?

    /// Tokens in whatever state, newest first, then by id.
    ///
    /// - Parameters:
    ///   - owner: Whose, by stable id; `nil` for everybody's.
    ///   - limit: At most so many.
    /// - Returns: The tokens.
    /// - Throws: ``GovernanceFailure``.
    func tokens(of owner: String?, limit: Int) async throws(GovernanceFailure) -> [TokenRecord]

    /// Takes a token back; one that is revoked already stays as it is.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - owner: Whose it has to be; `nil` for whoever's.
    ///   - revocation: When, and by whom.
    /// - Returns: The token as it is then; `nil` when there is none with this id and owner.
    /// - Throws: ``GovernanceFailure``; then it may or may not be taken back, and asking again is safe.
    func revokeToken(
        _ id: TokenID,
        of owner: String?,
        _ revocation: TokenRecord.Revocation
    ) async throws(GovernanceFailure) -> TokenRecord?

    /// The tokens that were taken back at `time` or later, by whichever gateway: the latest of them, at most `limit`.
    func tokensRevoked(since time: Int64, limit: Int) async throws(GovernanceFailure) -> [TokenID]

    /// Writes down that a token was used; an earlier time than the one that is written changes nothing.
    func noteUse(of id: TokenID, at time: Int64) async throws(GovernanceFailure)
}

/// Why a store could not do what it was asked.
package enum GovernanceFailure: Error, Hashable, CustomStringConvertible {
    /// The database cannot be reached or opened, or broke off.
    case unavailable(String)
    /// What is stored cannot be read: another version, or a row that says what cannot be.
    case unreadable(String)
    /// Another gateway was first.
    case overtaken(String)

    /// One line for people.
    package var description: String {
        switch self {
        case .unavailable(let reason): "the governance store cannot be used now: \(reason)"
        case .unreadable(let reason): "the governance store holds what cannot be read: \(reason)"
        case .overtaken(let by): "\(by) was published meanwhile"
        }
    }
}
