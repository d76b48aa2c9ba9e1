import DecisionLog
import HTTP1
import NIOCore
import Profiles
import Sockets

/// What Stile answers itself: refusals, redirects to a mount, and what rooms of this process say.
extension ClientConnection {
    /// Answers a refusal, as a page for browsers and as a problem document for everybody else.
    func answer(_ refusal: Refusal) {
        guard !refusal.isWithheld else {
            self.keepBack(refusal)
            return
        }
        self.answerNow(refusal)
    }

    /// Answers at a time that depends on when the request came, and not on what had to be asked to refuse it.
    ///
    /// What is known may be denied at once, and what doesn't exist only after the upstream has said so: from the clock, that
    /// would be two answers.
    private func keepBack(_ refusal: Refusal) {
        self.phase = .suspended
        self.deadline = .distantFuture
        let number = self.requestNumber
        let connection = NIOLoopBound(self, eventLoop: self.worker.loop)
        self.worker.loop.scheduleTask(deadline: self.exchange.begun + TimeAmount(self.worker.limits.withheld)) {
            let client = connection.value
            guard client.requestNumber == number, client.phase == .suspended else { return }
            client.answerNow(refusal)
            client.goOn()
        }
    }

    private func answerNow(_ refusal: Refusal) {
        self.worker.counters.refusals[refusal.kind.rawValue] &+= 1
        let decision = self.exchange.decision.map { $0.description } ?? "unrecorded"
        let isPage = self.prefersPage
        let text =
            isPage
            ? RefusalPage(refusal: refusal, decision: decision).text
            : ProblemDocument(refusal: refusal, decision: decision).text
        if refusal.closesConnection { self.exchange.closesAfterAnswer = true }
        self.beginOwnAnswer(refusal.kind.status, refusal.kind.phrase)
        self.worker.scratch.writeField(
            "content-type",
            checking: Array((isPage ? PageText.contentType : ProblemDocument.contentType).utf8).span
        )
        if isPage {
            self.worker.scratch.writeField(
                "content-security-policy",
                checking: Array(PageText.contentSecurityPolicy(hasForm: false).utf8).span
            )
        }
        if refusal.kind == .unauthenticated { self.writeChallenges(refusal) }
        if refusal.kind == .signInFirst { self.writeWayToSignIn() }
        if refusal.kind == .methodNotAllowed {
            self.worker.scratch.writeField("allow", "GET, HEAD, POST, PUT, PATCH, DELETE")
        }
        if let seconds = refusal.retryAfter { self.worker.scratch.writeField("retry-after", seconds) }
        self.worker.scratch.writeField("cache-control", "no-store")
        // The same address answers differently to browsers and programs, and to each person.
        self.worker.scratch.writeField("vary", "Accept, Authorization, Cookie")
        self.endOwnAnswer(Array(text.utf8))
    }

    /// Answers for a room of this process.
    func answer(_ answer: InProcessAnswer) {
        self.exchange.bytesDown = UInt64(answer.body.count)
        self.beginOwnAnswer(answer.status, "")
        self.worker.scratch.writeField("content-type", checking: Array(answer.contentType.utf8).span)
        for field in answer.fields {
            let name = Array(field.name.utf8)
            let value = Array(field.value.utf8)
            guard (name + value).allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { continue }
            self.worker.scratch.writeBytes(name + [UInt8(ascii: ":"), 0x20] + value + [0x0D, 0x0A])
        }
        self.endOwnAnswer(answer.body)
    }

    /// Sends the client to the mount with its slash.
    func redirectToMount() {
        self.exchange.closesAfterAnswer = self.exchange.closesAfterAnswer || !self.body.isComplete
        let target = self.request.target
        var location = Array(target.bytes[target.path])
        location.append(UInt8(ascii: "/"))
        if let query = target.query { location += [UInt8(ascii: "?")] + target.bytes[query] }
        self.beginOwnAnswer(308, "Permanent Redirect")
        self.worker.scratch.writeField("location", checking: location.span)
        self.endOwnAnswer([])
    }

    func beginOwnAnswer(_ status: Int, _ phrase: String) {
        self.exchange.status = status
        self.exchange.hasAnswerBegun = true
        // A body that has come already is skipped; one that hasn't would be read as the next request.
        if !self.skipBody() { self.exchange.closesAfterAnswer = true }
        self.worker.scratch.clear()
        self.worker.scratch.writeStatusLine(status, reason: Array(phrase.utf8).span)
        self.worker.scratch.write("date: ")
        self.worker.scratch.write(self.worker.dateText)
        self.worker.scratch.write("\r\n")
        self.worker.scratch.writeField("x-content-type-options", "nosniff")
        if let token = self.exchange.negotiated { self.writeNegotiated(token) }
    }

    func endOwnAnswer(_ body: [UInt8]) {
        self.worker.scratch.writeField("content-length", body.count)
        self.writeConnectionField()
        self.worker.scratch.writeEndOfHead()
        if self.head.method != .head || self.request.methodName.isEmpty { self.worker.scratch.writeBytes(body) }
        self.worker.counters.bytesDown &+= UInt64(body.count)
        self.answerIsWritten()
    }

    /// Says what would be taken as a proof of who asks.
    ///
    /// Source: RFC 9110, section 11.6.1; RFC 7617, RFC 6750, RFC 4559.
    private func writeChallenges(_ refusal: Refusal) {
        let methods = self.worker.dependencies.methods
        if let token = refusal.challenge {
            self.writeNegotiated(token)
            return
        }
        if self.worker.sight.pageKey != nil, self.head.fields.contains(.secFetchMode) {
            // A script of a page: the browser's own question for a password would help nobody here.
            self.writeFormChallenge()
            return
        }
        if methods.negotiation != nil { self.worker.scratch.write("www-authenticate: Negotiate\r\n") }
        self.worker.scratch.writeField("www-authenticate", "Basic realm=\"Stile\", charset=\"UTF-8\"")
        if methods.tokens != nil { self.worker.scratch.writeField("www-authenticate", "Bearer realm=\"Stile\"") }
    }

    /// Says that a session of the page would be taken; browsers ask nobody for a password because of it.
    ///
    /// Every 401 has to name a way, and this scheme is known to no browser.
    ///
    /// Source: RFC 9110, section 11.6.1; the scheme's name from draft-broyer-http-cookie-auth.
    func writeFormChallenge() {
        self.worker.scratch.write("www-authenticate: Cookie realm=\"Stile\", form-action=\"")
        self.worker.scratch.write(OwnPage.login.path)
        self.worker.scratch.write("\", cookie-name=\"")
        self.worker.scratch.write(SessionCookie.name)
        self.worker.scratch.write("\"\r\n")
    }

    /// Sends a browser to the page where people sign in, and tells that where to go on.
    private func writeWayToSignIn() {
        self.worker.scratch.write("location: ")
        self.worker.scratch.write(OwnPage.login.path)
        let target = self.request.target
        if let wanted = ReturnTarget(target.bytes) {
            self.worker.scratch.write("?return=")
            self.worker.scratch.writeBytes(wanted.escaped)
        }
        self.worker.scratch.write("\r\n")
    }

    /// Writes the gateway's token of a negotiation.
    func writeNegotiated(_ token: [UInt8]) {
        self.worker.scratch.write("www-authenticate: Negotiate ")
        self.worker.scratch.writeBytes(encodedBase64(token))
        self.worker.scratch.write("\r\n")
    }

    /// Skips the rest of the body, if all of it is here.
    private func skipBody() -> Bool {
        if self.exchange.isRequestSent || self.exchange.heldBody != nil && self.body.isComplete { return true }
        guard !self.head.expectsContinue || self.exchange.hasContinued else { return self.body.isComplete }
        while true {
            switch self.body.next(&self.input) {
            case .data: continue
            case .end: return true
            case .needMore, .malformed: return false
            }
        }
    }

    /// Whether the client would rather have a page than a document for programs.
    var prefersPage: Bool {
        guard let accept = self.head.fields.value(of: .accept), self.headBytes.readableBytes > 0 else { return false }
        let bytes = self.headBytes
        return bytes.readableBytesUInt8Span.extracting(accept).holdsText("text/html")
    }

    // MARK: - Rooms of this process

    /// Asks a room of this process.
    func ask(_ room: InProcessService) {
        guard let visitor = self.enforcement.visitor, let decision = self.exchange.decision else { return }
        self.exchange.isRequestSent = true
        self.phase = .suspended
        self.deadline = .distantFuture
        var body: [UInt8] = []
        if case .held(let held) = self.request.body { body = held }
        let request = InProcessRequest(
            method: self.request.methodText,
            path: self.request.pathText,
            query: self.request.target.query.map { String(decoding: self.request.target.bytes[$0], as: UTF8.self) },
            contentType: self.request.contentType.map { String(decoding: $0, as: UTF8.self) },
            body: body,
            person: visitor.principal.person,
            decision: decision
        )
        let number = self.requestNumber
        self.worker.ask(room, request) { [self] answer in
            guard self.requestNumber == number, self.phase == .suspended else { return }
            self.answer(answer)
            self.goOn()
        }
    }
}
