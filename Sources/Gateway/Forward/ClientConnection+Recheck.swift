import DecisionLog
import NIOCore

/// Open exchanges of people about whom something has changed.
///
/// A request is looked at before it is forwarded; a long one is looked at again while it runs: at once when the directory
/// or the policies change or a token is taken back, and whenever a remembered sign-in ends. Who may go on, goes on and notices
/// nothing; who may not is cut off, and that is the recorded end of the exchange.
extension ClientConnection {
    /// Whether a request has been let through whose answer is not complete.
    var isExchangeOpen: Bool {
        switch self.phase {
        case .connecting, .forwarding: true
        case .suspended: self.exchange.filtering != nil
        case .head, .holding, .lingering, .closed: false
        }
    }

    /// Looks at an open exchange again, if what it rests on no longer holds.
    func recheck() {
        guard self.isExchangeOpen, !self.exchange.isBeingRechecked, let visitor = self.enforcement.visitor else {
            return
        }
        let sight = self.worker.sight
        let isOutdated = visitor.principal.policies !== sight.policies
        let rests = self.enforcement.ruling?.epoch.grants ?? sight.epoch.grants
        guard isOutdated || rests != sight.epoch.grants || !visitor.isGood(at: self.worker.now),
            self.exchange.recheckedAfter <= self.worker.now
        else { return }
        self.exchange.isBeingRechecked = true
        self.worker.counters.exchangesRechecked &+= 1
        let number = self.requestNumber
        let isNews = isOutdated || visitor.isRevoked
        let completion = { [self] (outcome: SignedIn) in
            guard self.requestNumber == number, self.isExchangeOpen else { return }
            self.exchange.isBeingRechecked = false
            self.rechecked(outcome, isNews: isNews)
        }
        if visitor.isGood(at: self.worker.now) {
            self.worker.renew(visitor, completion: completion)
            return
        }
        let headBytes = self.headBytes
        switch self.recognise(headBytes.readableBytesUInt8Span) {
        case .known(let visitor): completion(.visitor(visitor))
        case .outdated(let visitor): self.worker.renew(visitor, completion: completion)
        case .unknown(.negotiate, _), .nobody, .unreadable:
            // What was shown was good once: what is left to ask is the account.
            let standing = ConnectionCredential(visitor, until: .distantFuture)
            self.worker.identify(
                standing.credential,
                digest: standing.digest,
                source: self.peer,
                completion: completion
            )
        case .unknown(let credential, let digest):
            self.worker.identify(credential, digest: digest, source: self.peer, completion: completion)
        }
    }

    private func rechecked(_ outcome: SignedIn, isNews: Bool) {
        switch outcome {
        case .visitor(let visitor):
            self.exchange.unverifiedSince = nil
            let ruling = self.enforcement.readmit(visitor, self.request, in: self.worker.sight)
            guard let refusal = ruling.refusal else {
                if isNews { self.record(.redecided, status: self.exchange.status, ruling) }
                return
            }
            self.cut(refusal, ruling)
        case .refused(let reason):
            self.cut(because: "access-lost: \(reason)")
        case .challenged:
            self.cut(because: "access-lost: negotiation")
        case .unavailable(let reason):
            // A directory that starts again cuts nobody; one that stays away may not keep a lost access open.
            let since = self.exchange.unverifiedSince ?? self.worker.now
            self.exchange.unverifiedSince = since
            guard self.worker.now < since + TimeAmount(self.worker.limits.unverified) else {
                self.cut(because: "access-unverified: \(reason)")
                return
            }
            self.exchange.recheckedAfter = self.worker.now + .seconds(1)
        }
    }

    private func cut(because reason: String) {
        let refusal = self.enforcement.accessEnded(because: reason)
        self.cut(refusal, self.worker.sight.ruling(refusing: refusal, self.request, by: self.enforcement.visitor))
    }

    /// Ends an exchange in the middle.
    private func cut(_ refusal: Refusal, _ ruling: Ruling) {
        self.worker.counters.exchangesCut &+= 1
        let upstream = self.upstream
        self.upstream = nil
        upstream?.abandon()
        self.record(.ended, status: self.exchange.hasAnswerBegun ? self.exchange.status : refusal.kind.status, ruling)
        self.exchange.filtering = nil
        guard !self.exchange.hasAnswerBegun else {
            // The answer's end is missing, and only a closed connection says so.
            self.close()
            return
        }
        self.exchange.closesAfterAnswer = true
        self.answer(refusal)
        self.goOn()
    }
}
