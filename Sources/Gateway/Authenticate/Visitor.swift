import Catalog
import NIOCore

/// A credential that one event loop knows: whose it is, until when, and what was decided for it.
///
/// Confined to its event loop.
final class Visitor {
    let principal: Principal
    /// What the credential is remembered by.
    let digest: CredentialDigest
    /// Until when nobody needs to be asked.
    let until: NIODeadline
    /// Whether something about the person has changed, so that this is no longer true.
    private(set) var isRevoked = false

    private var rulings: [[Question]: Ruling] = [:]
    private var permits: [Question: Bool] = [:]
    private var knownUnder: RulingEpoch?
    /// Signed assertions, by the place of the service that they are for.
    private var assertions: [Int: AssertionDesk.Minted] = [:]
    private var denials = 0
    private var denialsSince = NIODeadline.uptimeNanoseconds(0)

    /// How many decisions are kept; beyond that all are forgotten, and made anew as they are asked for.
    private static let capacity = 4_096

    init(_ principal: Principal, digest: CredentialDigest, until: NIODeadline) {
        self.principal = principal
        self.digest = digest
        self.until = until
    }

    /// Whether the credential still counts.
    func isGood(at now: NIODeadline) -> Bool { !self.isRevoked && now < self.until }

    /// The person is somebody else now, or nobody.
    func revoke() {
        self.isRevoked = true
        self.rulings.removeAll()
        self.permits.removeAll()
    }

    /// The decision about these questions, if it was made under the same circumstances.
    func ruling(on questions: [Question], in epoch: RulingEpoch) -> Ruling? {
        guard self.knownUnder == epoch else { return nil }
        return self.rulings[questions]
    }

    /// Keeps a decision.
    func remember(_ ruling: Ruling, on questions: [Question], in epoch: RulingEpoch) {
        self.enter(epoch)
        if self.rulings.count >= Self.capacity { self.rulings.removeAll() }
        self.rulings[questions] = ruling
    }

    /// Whether one thing in a list may be seen, if that was decided under the same circumstances.
    func permit(for question: Question, in epoch: RulingEpoch) -> Bool? {
        guard self.knownUnder == epoch else { return nil }
        return self.permits[question]
    }

    /// Keeps whether one thing in a list may be seen.
    func remember(_ permit: Bool, for question: Question, in epoch: RulingEpoch) {
        self.enter(epoch)
        if self.permits.count >= Self.capacity { self.permits.removeAll() }
        self.permits[question] = permit
    }

    /// The assertion for a service, as it goes on the wire; `nil` when it cannot be signed.
    func assertion(
        for service: Service,
        _ audience: AssertionAudience,
        from desk: AssertionDesk,
        at now: NIODeadline
    ) -> [UInt8]? {
        if let minted = self.assertions[service.index], minted.until > now { return minted.field }
        let minted = desk.mint(self.principal, for: audience)
        self.assertions[service.index] = minted
        return minted?.field
    }

    /// Counts a denial; `true` when there were more than `limit` within the window.
    func countDenial(at now: NIODeadline, window: TimeAmount, limit: Int) -> Bool {
        if self.denialsSince + window <= now {
            self.denialsSince = now
            self.denials = 0
        }
        self.denials += 1
        return self.denials > limit
    }

    private func enter(_ epoch: RulingEpoch) {
        guard self.knownUnder != epoch else { return }
        self.rulings.removeAll()
        self.permits.removeAll()
        self.knownUnder = epoch
    }
}
