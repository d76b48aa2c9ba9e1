import Catalog
import DecisionLog
import Profiles

/// The life of one request: who asks, for what, may they, is it written down, then through.
///
/// Read this file first. It has no I/O: the connection feeds it what happened and does what it answers, at once and on the
/// same event loop. Nothing is forwarded before its record is durable, nothing is recorded before it is decided, and
/// whatever goes wrong is a ``Refusal``, which is recorded and answered like any decision.
///
///     begin → [authenticate] → [hold the body | look up | bind]… → record → forward, or answer
///
/// Source: the functional points of NIST SP 800-162.
struct Enforcement {
    /// What the connection does next.
    enum Step {
        /// Nobody here knows this credential: ask the directory, come back with ``authenticated(_:_:in:)``.
        case authenticate(Credential, CredentialDigest)
        /// The policies have changed since this person's clearance was read: read it again, come back with ``authenticated(_:_:in:)``.
        case renew(Visitor)
        /// What is asked stands in the body: hold so many bytes of it, come back with ``proceed(_:in:)``.
        case holdBody(atMost: Int)
        /// Something about the person has changed: look at the credential again, come back with ``authenticated(_:_:in:)``.
        case authenticateAgain
        /// The upstream knows what is asked: come back with ``learned(_:_:in:)``.
        case lookUp([MetadataQuery])
        /// Things are seen under a name for the first time: write that down for good, come back with ``bound(_:_:in:)``.
        case bind([ResourceReference])
        /// The answer is known: record it, come back with ``recorded(_:_:in:)`` when that is durable.
        case record(Ruling)
        /// Send the request on.
        case forward(Purpose)
        /// Tell the client why not.
        case answer(Refusal)
        /// Show a page of Stile's own.
        case show(OwnPage.View)
        /// The mount itself was asked for, without the slash that relative links need: send the client there.
        case redirectToMount
    }

    /// Who asks, once that is known.
    private(set) var visitor: Visitor?
    /// What was shown, until it is known whose it is.
    private(set) var claimed: Credential?
    /// What was decided, once it was.
    private(set) var ruling: Ruling?
    /// What was learned from the upstream for this request.
    private(set) var facts = MetadataFacts()
    /// The page of Stile's own that is asked for.
    private(set) var page: OwnPage?
    /// Where somebody who signs in wants to go; `nil` for the front page.
    var target: ReturnTarget?
    /// How often somebody who signs in was asked about.
    private var signInAttempts = 0
    private var isBrowsing = false
    private var purpose: Purpose?
    private var objection: Refusal?
    private var rounds = 0

    /// The head is complete; with everything known, this answers ``Step/record(_:)`` at once.
    mutating func begin(_ request: ClientRequest, _ arrival: Arrival, in sight: Sight) -> Step {
        switch arrival.place {
        case .misdirected:
            return self.refuse(Refusal(.misdirected, "this host name is not served here"), request, in: sight)
        case .nowhere:
            self.objection = Refusal(.unknownService, "no service is mounted at this path")
        case .service:
            if arrival.isFromElsewhere {
                self.objection = Refusal(
                    .denied,
                    "a page of another origin sent this request; only the service's own pages may change things"
                )
            } else if let field = arrival.refusedField {
                self.objection = Refusal(
                    .malformed,
                    "the header field `\(field)` is not let through to this service, send the request without it"
                )
            }
        }
        self.isBrowsing = arrival.isBrowsing
        if let page = arrival.page {
            self.page = page
            return self.begin(page, request, arrival, in: sight)
        }
        return self.identify(arrival.recognition, request, in: sight)
    }

    /// Who asks, as far as that is known without asking anybody.
    mutating func identify(_ recognition: Recognition, _ request: ClientRequest, in sight: Sight) -> Step {
        switch recognition {
        case .nobody: return self.refuse(self.unauthenticated(because: "no-credential"), request, in: sight)
        case .unreadable: return self.refuse(.unauthenticated(because: "malformed-credential"), request, in: sight)
        case .unknown(let credential, let digest):
            self.claim(credential)
            return .authenticate(credential, digest)
        case .outdated(let visitor): return .renew(visitor)
        case .known(let visitor):
            self.visitor = visitor
            return self.proceed(request, in: sight)
        }
    }

    /// It is known, or not to be known, whose credential it is.
    mutating func authenticated(_ outcome: SignedIn, _ request: ClientRequest, in sight: Sight) -> Step {
        switch outcome {
        case .visitor(let visitor):
            // While it was asked, the policies may have changed: a clearance counts under those that it was read by.
            guard visitor.principal.policies === sight.policies else { return .renew(visitor) }
            self.visitor = visitor
            return self.proceed(request, in: sight)
        case .refused where self.page == .logout:
            return .show(.signedOut)
        case .refused(let reason):
            return self.refuse(self.unauthenticated(because: reason), request, in: sight)
        case .challenged(let token):
            return self.refuse(.negotiating(token), request, in: sight)
        case .unavailable(let reason):
            let refusal = Refusal(
                .unavailable,
                "who you are cannot be checked now",
                recordedReason: reason,
                retryAfter: 5
            )
            return self.refuse(refusal, request, in: sight)
        }
    }

    /// A browser that shows nothing, or a session that is over, is sent to sign in; everybody else is told what is needed.
    private func unauthenticated(because reason: String) -> Refusal {
        self.isBrowsing ? .signInFirst(because: reason) : .unauthenticated(because: reason)
    }

    /// What is told to somebody whose access ended while the request was under way.
    func accessEnded(because reason: String) -> Refusal {
        guard !self.isBrowsing else { return .signInFirst(because: reason) }
        return Refusal(
            .unauthenticated,
            "your access ended while the request was under way",
            recordedReason: reason,
            closesConnection: true
        )
    }

    /// A credential was shown: until it is known whose it is, records say whose it claims to be.
    mutating func claim(_ credential: Credential) {
        self.claimed = credential
    }

    /// Somebody who signs in has changed since they were asked about, as directories that count tries in the entry itself make of each
    /// sign-in: they may be asked about again a few times.
    ///
    /// - Returns: Whether they may.
    mutating func signsInAgain() -> Bool {
        self.signInAttempts += 1
        guard self.signInAttempts < Self.signInAttempts else { return false }
        self.visitor = nil
        return true
    }

    /// How often somebody who keeps changing while they sign in is asked about.
    private static let signInAttempts = 3

    /// A decision was made; it is carried out when it is recorded.
    mutating func decided(_ ruling: Ruling) {
        self.ruling = ruling
    }

    /// The upstream has answered.
    mutating func learned(_ facts: [MetadataQuery: Fact], _ request: ClientRequest, in sight: Sight) -> Step {
        for (query, fact) in facts { self.facts[query] = fact }
        return self.proceed(request, in: sight)
    }

    /// The names are written down, or could not be: without that, a rename could shed a label.
    mutating func bound(_ succeeded: Bool, _ request: ClientRequest, in sight: Sight) -> Step {
        guard succeeded else {
            let refusal = Refusal(
                .unavailable,
                "the gateway cannot write down what it has seen",
                recordedReason: "binding-failed",
                retryAfter: 5
            )
            return self.refuse(refusal, request, in: sight)
        }
        return self.proceed(request, in: sight)
    }

    /// The record is on disk, or could not be written: no record, no access.
    mutating func recorded(_ isDurable: Bool, _ request: ClientRequest, in sight: Sight) -> Step {
        guard isDurable, let ruling = self.ruling else {
            return .answer(Refusal(.unavailable, "the gateway cannot write its decision log", retryAfter: 5))
        }
        if let page = self.page { return self.recorded(page, ruling, request, in: sight) }
        if let refusal = ruling.refusal { return .answer(refusal) }
        guard let visitor = self.visitor, let purpose = self.purpose else {
            return .answer(Refusal(.unavailable, "the gateway lost sight of the request"))
        }
        // While the disk was waited for, the person or the policies may have changed: what was true is not enough.
        guard !visitor.isRevoked else { return .authenticateAgain }
        guard ruling.epoch == sight.epoch else {
            guard visitor.principal.policies === sight.policies else { return .renew(visitor) }
            return self.decide(purpose, request, in: sight)
        }
        return .forward(purpose)
    }

    /// Whatever else went wrong on the way.
    mutating func refuse(_ refusal: Refusal, _ request: ClientRequest, in sight: Sight) -> Step {
        let ruling = sight.ruling(refusing: refusal, request, by: self.visitor)
        self.ruling = ruling
        return .record(ruling)
    }

    /// Finds out what is asked, and decides it.
    mutating func proceed(_ request: ClientRequest, in sight: Sight) -> Step {
        if let page = self.page { return self.proceed(page, request, in: sight) }
        if let objection = self.objection { return self.refuse(objection, request, in: sight) }
        guard let service = request.service else {
            return self.refuse(Refusal(.unknownService, "no service is mounted at this path"), request, in: sight)
        }
        if request.isMountItself { return .redirectToMount }
        if let purpose = self.purpose ?? sight.knownPurpose(of: request, at: service) {
            return self.decide(purpose, request, in: sight)
        }
        switch service.backend {
        case .inProcess(let room):
            let path = request.pathText
            guard let question = room.question(request.methodText, path) else {
                return self.refuse(Refusal(.unknownService, "there is nothing at this path"), request, in: sight)
            }
            // Of those who may not ask this, nothing is held.
            if case .unread = request.body, let visitor, sight.permits(question, to: visitor, request) {
                return .holdBody(atMost: room.bodyLimit)
            }
            return self.decide(Purpose(question), request, in: sight)
        case .upstream(_, let profile):
            guard let method = ProfileRequest.Method(request.method) else {
                let refusal = Refusal(.methodNotAllowed, "the method `\(request.methodText)` is not let through")
                return self.refuse(refusal, request, in: sight)
            }
            return self.resolve(request, method, at: service, by: profile, in: sight)
        }
    }

    private mutating func resolve(
        _ request: ClientRequest,
        _ method: ProfileRequest.Method,
        at service: Service,
        by profile: any Profile,
        in sight: Sight
    ) -> Step {
        while self.rounds < profile.maximumRounds {
            self.rounds += 1
            switch profile.resolve(request.forProfile(method), known: self.facts) {
            case .meaning(let meaning):
                return self.decide(sight.purpose(meaning, of: request, at: service), request, in: sight)
            case .needsBody(let limit):
                guard case .unread = request.body else {
                    return self.refuse(Refusal(.malformed, "the request has no body, expected one"), request, in: sight)
                }
                return .holdBody(atMost: limit)
            case .needsMetadata(let queries):
                let unknown = sight.recall(queries, at: service, into: &self.facts)
                if !unknown.isEmpty { return .lookUp(unknown) }
            case .refused(let refusal):
                return self.left(Refusal(refusal), request, in: sight)
            }
        }
        let refusal = Refusal(.malformed, "the request was not understood", recordedReason: "too-many-rounds")
        return self.refuse(refusal, request, in: sight)
    }

    /// The profile leaves a request outside; where that is a denial, it counts as one.
    ///
    /// Or whoever tries ids could tell by the limit which of them exist.
    private mutating func left(_ refusal: Refusal, _ request: ClientRequest, in sight: Sight) -> Step {
        guard refusal.kind == .denied, let visitor = self.visitor else {
            return self.refuse(refusal, request, in: sight)
        }
        let ruling = sight.ruling(refusing: refusal, request, by: visitor)
        self.ruling = ruling
        return self.denied(ruling, request, visitor, in: sight)
    }

    /// A request that is under way is decided again, for the same person as they are known to be by then.
    ///
    /// - Returns: The decision by which it goes on or ends.
    mutating func readmit(_ visitor: Visitor, _ request: ClientRequest, in sight: Sight) -> Ruling {
        self.visitor = visitor
        guard let purpose = self.purpose else {
            return sight.ruling(refusing: .withheld(because: "no-question"), request, by: visitor)
        }
        let ruling =
            purpose.ruling(for: visitor, in: sight.epoch) ?? sight.ruling(on: purpose, request, by: visitor)
        self.ruling = ruling
        return ruling
    }

    private mutating func decide(_ purpose: Purpose, _ request: ClientRequest, in sight: Sight) -> Step {
        self.purpose = purpose
        guard let visitor = self.visitor else {
            return self.refuse(.unauthenticated(because: "no-credential"), request, in: sight)
        }
        if let ruling = purpose.ruling(for: visitor, in: sight.epoch) {
            self.ruling = ruling
            sight.counters.rulingsKnown &+= 1
            return ruling.refusal == nil ? .record(ruling) : self.denied(ruling, request, visitor, in: sight)
        }
        let unbound = sight.unboundThings(in: purpose.questions)
        guard unbound.isEmpty else { return .bind(unbound) }
        let ruling = sight.ruling(on: purpose, request, by: visitor)
        self.ruling = ruling
        return ruling.refusal == nil ? .record(ruling) : self.denied(ruling, request, visitor, in: sight)
    }

    /// A person who is denied over and over is either a broken program or probing: both are slowed down.
    private mutating func denied(
        _ ruling: Ruling,
        _ request: ClientRequest,
        _ visitor: Visitor,
        in sight: Sight
    ) -> Step {
        guard sight.isOverDenialLimit(visitor) else { return .record(ruling) }
        let refusal = Refusal(
            .tooManyDenials,
            "too many of your requests were denied, wait before you ask again",
            retryAfter: 60
        )
        return self.refuse(refusal, request, in: sight)
    }
}

extension Refusal {
    /// What a profile leaves outside.
    convenience init(_ refusal: RouteRefusal) {
        switch refusal {
        case .noSuchThing(let what):
            self.init(
                .denied,
                Disclosure.none.sentence,
                recordedReason: "no such thing: \(what)",
                isWithheld: true
            )
        case .unknownRoute, .closedRoute, .forbiddenValue: self.init(.denied, refusal.description)
        case .ambiguous, .malformed: self.init(.malformed, refusal.description)
        case .unknown:
            self.init(
                .upstreamFailed,
                "what the request is about could not be looked up",
                recordedReason: refusal.description
            )
        }
    }
}
