import DecisionLog
import HTTP1
import NIOCore

/// Showing Stile's own pages.
extension ClientConnection {
    /// Shows what the spine says.
    func show(_ view: OwnPage.View) {
        guard let own = self.request.own else { return }
        let host = String(decoding: own.host, as: UTF8.self)
        switch view {
        case .form(let notice): self.showForm(notice, own, host: host)
        case .signedIn(let visitor, let target): self.signIn(visitor, own, to: target)
        case .signOut: self.answerPage(200, "OK", SignInPage.signOut(host: host), hasForm: true)
        case .signedOut: self.signOut(own, host: host)
        case .whoAmI(let visitor):
            let standing = Standing(visitor)
            guard self.prefersPage else {
                self.answerOwn(200, "OK", contentType: "application/json", Array(standing.json.utf8), hasForm: false)
                return
            }
            self.answerPage(200, "OK", SignInPage.whoAmI(standing, host: host), hasForm: true)
        }
    }

    private func showForm(_ notice: OwnPage.FormNotice, _ own: OwnPageRequest, host: String) {
        guard let key = self.worker.sight.pageKey else { return }
        let nonce = own.nonce ?? FormKey.nonce()
        let token = key.token(for: nonce, at: own.host, now: Timestamp.now().seconds)
        let page = SignInPage.form(
            host: host,
            token: String(decoding: token, as: UTF8.self),
            target: self.head.method == .post ? self.enforcement.target ?? .home : self.wantedTarget,
            notice: notice
        )
        let (status, phrase) =
            switch notice {
            case .none: (200, "OK")
            case .refused: (401, "Unauthorized")
            case .stale: (403, "Forbidden")
            }
        if notice != .none { self.worker.counters.refusals[RefusalKind.unauthenticated.rawValue] &+= 1 }
        self.answerPage(status, phrase, page, hasForm: true, fields: FormKey.setting(nonce))
    }

    /// The query's `return`, if it leads somewhere here.
    private var wantedTarget: ReturnTarget {
        let target = self.request.target
        guard let query = target.query, let form = FormBody(Array(target.bytes[query]), fields: ["return"]) else {
            return .home
        }
        return form["return"].flatMap { ReturnTarget($0) } ?? .home
    }

    /// Begins a session: always a fresh one, so that nobody can have chosen it before.
    private func signIn(_ visitor: Visitor, _ own: OwnPageRequest, to target: ReturnTarget) {
        let begin = { [self] in
            let (cookie, seconds) = self.worker.sessions.begin(
                for: visitor.principal.person,
                at: own.host,
                now: self.worker.now,
                wall: Timestamp.now().seconds
            )
            self.beginOwnAnswer(303, "See Other")
            self.worker.scratch.writeField("location", checking: target.octets.span)
            self.worker.scratch.writeBytes(SessionCookie.setting(cookie, seconds: seconds))
            self.worker.scratch.writeField("cache-control", "no-store")
            self.endOwnAnswer([])
        }
        // Whatever session the browser had here is over.
        if let session = own.session { self.endSession(session, own, then: begin) } else { begin() }
    }

    private func signOut(_ own: OwnPageRequest, host: String) {
        let answer = { [self] in
            self.answerPage(
                200,
                "OK",
                SignInPage.signedOut(host: host),
                hasForm: false,
                fields: SessionCookie.clearing + Array("clear-site-data: \"cache\"\r\n".utf8)
            )
        }
        if let session = own.session { self.endSession(session, own, then: answer) } else { answer() }
    }

    /// Ends a session on every loop, and goes on when that is done: nobody is told that they are signed out before they are.
    private func endSession(_ session: [UInt8], _ own: OwnPageRequest, then goOn: @escaping () -> Void) {
        self.phase = .suspended
        self.deadline = .distantFuture
        let number = self.requestNumber
        self.worker.endSession(session, at: own.host) { [self] in
            guard self.requestNumber == number, self.phase == .suspended else { return }
            goOn()
            self.goOn()
        }
    }

    private func answerPage(
        _ status: Int,
        _ phrase: String,
        _ page: String,
        hasForm: Bool,
        fields: [UInt8] = []
    ) {
        self.answerOwn(
            status,
            phrase,
            contentType: PageText.contentType,
            Array(page.utf8),
            hasForm: hasForm,
            fields: fields
        )
    }

    private func answerOwn(
        _ status: Int,
        _ phrase: String,
        contentType: String,
        _ body: [UInt8],
        hasForm: Bool,
        fields: [UInt8] = []
    ) {
        self.beginOwnAnswer(status, phrase)
        let policy = PageText.contentSecurityPolicy(hasForm: hasForm)
        self.worker.scratch.writeField("content-type", checking: Array(contentType.utf8).span)
        self.worker.scratch.writeField("content-security-policy", checking: Array(policy.utf8).span)
        self.worker.scratch.writeField("x-frame-options", "DENY")
        // With no referrer at all, browsers would leave the origin out of what the form sends.
        self.worker.scratch.writeField("referrer-policy", "same-origin")
        self.worker.scratch.writeField("cache-control", "no-store")
        self.worker.scratch.writeField("vary", "Accept, Authorization, Cookie")
        if status == 401 { self.writeFormChallenge() }
        self.worker.scratch.writeBytes(fields)
        self.endOwnAnswer(body)
    }
}
