import DecisionLog
import HTTP1
import PolicyDecision
import Profiles

/// The walk of a request for a page of Stile's own: the same steps, but for the last one.
///
///     sign in:  hold the form → authenticate → record → show
///     sign out: authenticate → record → show
///     who am I: authenticate → record → show
///
/// The empty form is shown to whoever asks: it says nothing, and nothing is decided.
extension Enforcement {
    /// The head is complete.
    mutating func begin(
        _ page: OwnPage,
        _ request: ClientRequest,
        _ arrival: Arrival,
        in sight: Sight
    ) -> Step {
        guard page == .whoAmI || sight.pageKey != nil else {
            return self.refuse(Refusal(.unknownService, "there is no page to sign in on here"), request, in: sight)
        }
        switch request.method {
        case .get, .head: return self.open(page, request, arrival, in: sight)
        case .post where page != .whoAmI:
            guard !arrival.isFromElsewhere else {
                let refusal = Refusal(
                    .denied,
                    "a page of another origin sent this request; use the service's own pages"
                )
                return self.refuse(refusal, request, in: sight)
            }
            guard page == .login else { return self.recognised(arrival.recognition, request, in: sight) }
            guard FormBody.isType(request.contentType), case .unread = request.body else {
                let refusal = Refusal(
                    .malformed,
                    "the request has no form, expected `application/x-www-form-urlencoded`"
                )
                return self.refuse(refusal, request, in: sight)
            }
            return .holdBody(atMost: FormBody.maximumLength)
        default:
            let refusal = Refusal(.methodNotAllowed, "the method `\(request.methodText)` is not let through")
            return self.refuse(refusal, request, in: sight)
        }
    }

    private mutating func open(
        _ page: OwnPage,
        _ request: ClientRequest,
        _ arrival: Arrival,
        in sight: Sight
    ) -> Step {
        switch page {
        case .login: .show(.form(.none))
        case .logout: .show(.signOut)
        case .whoAmI: self.recognised(arrival.recognition, request, in: sight)
        }
    }

    /// Everything that the page needs is there, but perhaps for who asks.
    mutating func proceed(_ page: OwnPage, _ request: ClientRequest, in sight: Sight) -> Step {
        if let visitor = self.visitor {
            let ruling = sight.ruling(showing: page, request, to: visitor)
            self.decided(ruling)
            return .record(ruling)
        }
        guard page == .login, case .held(let body) = request.body,
            let form = FormBody(body, fields: ["name", "password", "form", "return"])
        else {
            return self.refuse(Refusal(.malformed, "the form could not be read"), request, in: sight)
        }
        self.target = form["return"].flatMap { ReturnTarget($0) }
        guard let token = form["form"], let own = request.own, let nonce = own.nonce, let key = sight.pageKey,
            key.isGood(token, for: nonce, at: own.host, now: Timestamp.now().seconds)
        else {
            return self.refuse(.staleForm, request, in: sight)
        }
        // The same octets as with each request, so that both ways share what is known and count as the same guesses. A
        // token is refused here: a session would outlive its end and shed its scope.
        let pair = (form["name"] ?? []) + [UInt8(ascii: ":")] + (form["password"] ?? [])
        let field = Array("Basic ".utf8) + encodedBase64(pair)
        guard let name = form["name"], !name.contains(UInt8(ascii: ":")),
            case .basic(let basic)? = Credential(authorization: field)
        else {
            return self.refuse(.unauthenticated(because: "malformed-credential"), request, in: sight)
        }
        let credential = Credential.basic(basic)
        self.claim(credential)
        return .authenticate(credential, sight.credentialKey.digest(of: field.span))
    }

    /// The record is on disk.
    mutating func recorded(_ page: OwnPage, _ ruling: Ruling, _ request: ClientRequest, in sight: Sight) -> Step {
        if let refusal = ruling.refusal {
            guard page == .login else { return .answer(refusal) }
            switch refusal.kind {
            case .unauthenticated: return .show(.form(.refused))
            case .denied where refusal === Refusal.staleForm: return .show(.form(.stale))
            default: return .answer(refusal)
            }
        }
        guard let visitor = self.visitor else { return .show(.signedOut) }
        switch page {
        case .logout: return .show(.signedOut)
        // The password may have been changed, or the account disabled, while the disk was waited for.
        case .login where visitor.isRevoked:
            return self.signsInAgain() ? self.proceed(page, request, in: sight) : .show(.form(.stale))
        case .login: return .show(.signedIn(visitor, self.target ?? .home))
        case .whoAmI: return visitor.isRevoked ? .authenticateAgain : .show(.whoAmI(visitor))
        }
    }

    private mutating func recognised(_ recognition: Recognition, _ request: ClientRequest, in sight: Sight) -> Step {
        switch recognition {
        case .nobody where self.page == .logout, .unreadable where self.page == .logout: return .show(.signedOut)
        default: return self.identify(recognition, request, in: sight)
        }
    }
}

extension Refusal {
    /// The one answer to a form that is not the one we gave to this browser.
    static let staleForm = Refusal(
        .denied,
        "the form was open for too long, or the browser keeps no cookies",
        recordedReason: "form-token"
    )
}

extension Sight {
    /// The ruling that shows somebody a page of Stile's own: no policy stands between people and themselves.
    func ruling(showing page: OwnPage, _ request: ClientRequest, to visitor: Visitor) -> Ruling {
        let action =
            switch page {
            case .login: "sign-in"
            case .logout: "sign-out"
            case .whoAmI: "who-am-i"
            }
        let service = request.service?.name ?? ""
        let verdict = Verdict(
            gateway: self.gateway,
            service: service,
            decision: .allow,
            action: action,
            resource: RecordedResource(service: service, kind: "session"),
            revision: self.policies.revision
        )
        let prepared = PreparedDecision(verdict, explanation: Explanation(), facts: nil)
        return Ruling(refusal: nil, prepared: prepared, epoch: self.epoch)
    }
}
