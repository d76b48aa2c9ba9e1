import Catalog
import DecisionLog
import HTTP1
import NIOCore
import NIOPosix
import Profiles

/// Carrying out what ``Enforcement`` says.
extension ClientConnection {
    /// Does one step; those that are answered at once lead on to the next.
    func perform(_ step: Enforcement.Step) {
        switch step {
        case .authenticate(let credential, let digest): self.authenticate(credential, digest)
        case .renew(let visitor): self.renew(visitor)
        case .authenticateAgain: self.authenticateAgain()
        case .holdBody(let limit): self.hold(atMost: limit)
        case .lookUp(let queries): self.lookUp(queries)
        case .bind(let things): self.bind(things)
        case .record(let ruling): self.record(ruling)
        case .forward(let purpose): self.forward(purpose)
        case .answer(let refusal): self.answer(refusal)
        case .show(let view): self.show(view)
        case .redirectToMount: self.redirectToMount()
        }
    }

    /// Refuses for a reason that did not come from the spine.
    func refuse(_ refusal: Refusal) {
        self.perform(self.enforcement.refuse(refusal, self.request, in: self.worker.sight))
    }

    private func suspend(atMost limit: TimeAmount) {
        self.phase = .suspended
        self.deadline = self.worker.after(limit)
    }

    /// What was waited for did not come in time.
    func suspensionTimedOut() {
        if self.exchange.decision == nil {
            self.requestNumber &+= 1
            self.refuse(
                Refusal(.unavailable, "the gateway could not find out in time what it must know", retryAfter: 5)
            )
        } else {
            // The journal is late: no record, no access. A second record would wait as long.
            self.requestNumber &+= 1
            self.perform(self.enforcement.recorded(false, self.request, in: self.worker.sight))
        }
    }

    // MARK: - Authenticate

    private func authenticate(_ credential: Credential, _ digest: CredentialDigest) {
        self.worker.counters.credentialsAsked &+= 1
        if case .negotiate(let token) = credential {
            self.negotiate(token)
            return
        }
        self.suspend(atMost: self.worker.waits.signIn)
        let number = self.requestNumber
        self.worker.identify(credential, digest: digest, source: self.peer) { [self] outcome in
            guard self.requestNumber == number, self.phase == .suspended else { return }
            self.perform(self.enforcement.authenticated(outcome, self.request, in: self.worker.sight))
            self.goOn()
        }
    }

    /// Takes the next step of this connection's negotiation.
    private func negotiate(_ token: [UInt8]) {
        guard let negotiation = self.negotiation ?? self.worker.dependencies.methods.negotiation?.begin() else {
            let outcome = SignedIn.refused(reason: "method-not-configured")
            self.perform(self.enforcement.authenticated(outcome, self.request, in: self.worker.sight))
            return
        }
        self.suspend(atMost: self.worker.waits.signIn)
        let number = self.requestNumber
        self.worker.negotiate(negotiation, token) { [self] outcome, answer, bindsFor in
            guard self.requestNumber == number, self.phase == .suspended else { return }
            self.negotiation = if case .challenged = outcome { negotiation } else { nil }
            if case .visitor(let visitor) = outcome {
                self.exchange.negotiated = answer
                if let bindsFor, !self.isForwarded {
                    self.standing = ConnectionCredential(visitor, until: .now() + TimeAmount(bindsFor))
                }
            }
            self.perform(self.enforcement.authenticated(outcome, self.request, in: self.worker.sight))
            self.goOn()
        }
    }

    private func renew(_ visitor: Visitor) {
        self.suspend(atMost: self.worker.waits.signIn)
        let number = self.requestNumber
        self.worker.renew(visitor) { [self] outcome in
            guard self.requestNumber == number, self.phase == .suspended else { return }
            self.perform(self.enforcement.authenticated(outcome, self.request, in: self.worker.sight))
            self.goOn()
        }
    }

    /// The credential still stands in the head; who it belongs to has to be asked anew.
    private func authenticateAgain() {
        let headBytes = self.headBytes
        let outcome: SignedIn
        switch self.recognise(headBytes.readableBytesUInt8Span) {
        case .unknown(.negotiate, _):
            // The token was good once; that it was right is known, and what is asked is the account.
            guard let visitor = self.enforcement.visitor else { return }
            let standing = ConnectionCredential(visitor, until: .distantFuture)
            self.authenticate(standing.credential, standing.digest)
            return
        case .unknown(let credential, let digest):
            self.authenticate(credential, digest)
            return
        case .outdated(let visitor):
            self.renew(visitor)
            return
        case .known(let visitor): outcome = .visitor(visitor)
        case .nobody, .unreadable: outcome = .refused(reason: "revoked-meanwhile")
        }
        self.perform(self.enforcement.authenticated(outcome, self.request, in: self.worker.sight))
    }

    /// After an answer from elsewhere: whatever has come in meanwhile is taken up.
    func goOn() {
        self.resumeReading()
        self.advance()
    }

    // MARK: - Resolve

    private func hold(atMost limit: Int) {
        self.exchange.holdLimit = limit
        guard !self.head.body.exceeds(limit) else {
            self.refuseTooLong(limit)
            return
        }
        self.exchange.heldBody = ByteBuffer()
        self.phase = .holding
        self.deadline = self.worker.after(self.worker.waits.bodyIdle)
        self.tellToContinue()
    }

    private func refuseTooLong(_ limit: Int) {
        self.refuse(
            Refusal(.bodyTooLong, "the body is over the \(limit) bytes that this route takes", closesConnection: true)
        )
    }

    /// Collects the body as far as it has come.
    ///
    /// - Returns: Whether it is complete, so that there is more to do.
    func holdBody() -> Bool {
        while true {
            switch self.body.next(&self.input) {
            case .data(var data):
                let held = (self.exchange.heldBody?.readableBytes ?? 0) + data.readableBytes
                guard held <= self.exchange.holdLimit else {
                    self.refuseTooLong(self.exchange.holdLimit)
                    return true
                }
                self.exchange.heldBody?.writeBuffer(&data)
                self.deadline = self.worker.after(self.worker.waits.bodyIdle)
            case .needMore:
                return false
            case .malformed(let fault):
                self.refuse(Refusal(fault))
                return true
            case .end:
                self.request.body = .held(Array(self.exchange.heldBody?.readableBytesView ?? ByteBufferView()))
                self.phase = .suspended
                self.perform(self.enforcement.proceed(self.request, in: self.worker.sight))
                return true
            }
        }
    }

    /// A client that asked whether it should send its body is told so, once it is known that somebody wants it.
    func tellToContinue() {
        guard self.head.expectsContinue, !self.exchange.hasContinued else { return }
        self.exchange.hasContinued = true
        var interim = ByteBuffer()
        interim.write("HTTP/1.1 100 Continue\r\n\r\n")
        self.context?.writeAndFlush(self.wrapOutboundOut(interim), promise: nil)
    }

    private func lookUp(_ queries: [MetadataQuery]) {
        guard let service = self.request.service else { return }
        self.suspend(atMost: self.worker.waits.lookUps)
        let number = self.requestNumber
        self.worker.lookUp(queries, at: service) { [self] facts in
            guard self.requestNumber == number, self.phase == .suspended else { return }
            self.perform(self.enforcement.learned(facts, self.request, in: self.worker.sight))
            self.goOn()
        }
    }

    private func bind(_ things: [ResourceReference]) {
        self.suspend(atMost: self.worker.waits.commit)
        let number = self.requestNumber
        self.worker.bind(things) { [self] succeeded in
            guard self.requestNumber == number, self.phase == .suspended else { return }
            self.perform(self.enforcement.bound(succeeded, self.request, in: self.worker.sight))
            self.goOn()
        }
    }

    // MARK: - Record

    private func record(_ ruling: Ruling) {
        self.phase = .suspended
        self.deadline = self.worker.after(self.worker.waits.commit)
        let who = self.who
        var key: RefusalFold.Key?
        if ruling.isFolded, let refusal = ruling.refusal {
            let folded = RefusalFold.Key(source: self.peer, reason: refusal.recordedReason ?? refusal.kind.name)
            if let id = self.worker.fold(ruling, by: who, key: folded, trace: { self.trace }) {
                self.exchange.decision = id
                self.perform(self.enforcement.recorded(true, self.request, in: self.worker.sight))
                return
            }
            key = folded
        }
        let recorded = self.worker.record(ruling, by: who, from: self.origin, self.request)
        if let key, let id = recorded.id { self.worker.beginFold(id, key: key) }
        switch recorded {
        case .waiting(let id, let ticket):
            self.exchange.decision = id
            self.worker.wait(self, for: ticket)
        case .accepted(let id):
            self.exchange.decision = id
            self.perform(self.enforcement.recorded(true, self.request, in: self.worker.sight))
        case .refused:
            self.perform(self.enforcement.recorded(false, self.request, in: self.worker.sight))
        }
    }

    /// Who asked: somebody known, a name that was tried in vain, or nobody.
    private var who: PreparedPerson {
        if let visitor = self.enforcement.visitor { return visitor.principal.prepared }
        guard let claimed = self.enforcement.claimed else { return self.worker.unknownPerson }
        return self.worker.dependencies.log.prepareUnknown(
            RecordedPerson(name: claimed.claimedName, authentication: claimed.method.rawValue)
        )
    }

    /// The traces that this request leaves in the record.
    var trace: RequestTrace {
        RequestTrace(
            peer: self.peer,
            method: self.request.methodText,
            path: String(decoding: self.request.target.bytes[self.request.target.path], as: UTF8.self)
        )
    }

    /// The record that this request waits for is on disk, or will never be.
    func recorded(_ isDurable: Bool, request number: UInt64) {
        guard self.requestNumber == number, self.phase == .suspended else { return }
        self.perform(self.enforcement.recorded(isDurable, self.request, in: self.worker.sight))
        if self.phase == .head { self.advance() }
    }

    /// Writes down how an exchange ended that was already recorded as allowed.
    func recordEnd(status: Int) {
        guard let ruling = self.enforcement.ruling else { return }
        self.record(.ended, status: status, ruling)
    }

    /// Writes down what became of an exchange that was recorded as allowed; it ends once.
    func record(_ phase: RecordedExchange.Phase, status: Int, _ ruling: Ruling) {
        guard let opening = self.exchange.decision, !self.exchange.isEndRecorded else { return }
        self.exchange.isEndRecorded = phase == .ended
        let end = RecordedExchange(
            opening: opening,
            phase: phase,
            status: UInt16(clamping: status),
            bytesIn: self.exchange.bytesUp,
            bytesOut: self.exchange.bytesDown
        )
        let who = self.who
        _ = self.worker.record(ruling, by: who, trace: self.trace, exchange: end)
    }
}
