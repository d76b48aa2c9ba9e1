import Catalog
import DecisionLog
import Directory
import NIOCore
import NIOPosix
import PolicyDecision
import Profiles
import SecurityLabels
import Sockets

/// What an event loop has to ask others for, and how the answers come back to it.
///
/// The only places where the data plane leaves its loop: each starts a task, and each answer is brought back by one hop.
extension Worker {
    // MARK: - Who

    /// Asks whose credential this is.
    func identify(
        _ credential: Credential,
        digest: CredentialDigest,
        source: String,
        completion: @escaping (SignedIn) -> Void
    ) {
        let signIn = self.signIn
        let maker = self.principalMaker
        let mark = self.sight.mark
        let back = self.homecoming(completion)
        Task {
            switch await signIn.identify(credential, digest: digest, source: source) {
            case .refused(let reason, _): back { _, completion in completion(.refused(reason: reason)) }
            case .unavailable(let reason):
                back { worker, completion in
                    worker.counters.directoryUnavailable &+= 1
                    completion(.unavailable(reason: reason))
                }
            case .known(let identity, let until):
                let principal = await maker.principal(for: identity)
                back { worker, completion in
                    if identity.authentication.isFromMemory { worker.counters.credentialsFromMemory &+= 1 }
                    completion(worker.welcome(principal, digest: digest, until: until, askedAt: mark))
                }
            }
        }
    }

    /// Reads a person's clearance again, under the policies that are in force now.
    func renew(_ visitor: Visitor, completion: @escaping (SignedIn) -> Void) {
        let maker = self.principalMaker
        let identity = visitor.principal.identity
        let digest = visitor.digest
        let until = visitor.until
        let mark = self.sight.mark
        let back = self.homecoming(completion)
        Task {
            let principal = await maker.principal(for: identity)
            back { worker, completion in
                completion(worker.welcome(principal, digest: digest, until: until, askedAt: mark))
            }
        }
    }

    /// Hands a token to the negotiation of a connection.
    ///
    /// - Parameters:
    ///   - negotiation: The connection's.
    ///   - token: What the client sent.
    ///   - completion: Called with what came of it, the token to answer with, and how long the connection stands for the person
    ///     from then on; `nil` when it doesn't.
    func negotiate(
        _ negotiation: any Negotiation,
        _ token: [UInt8],
        completion: @escaping (SignedIn, _ answer: [UInt8]?, _ bindsFor: Duration?) -> Void
    ) {
        let maker = self.principalMaker
        let limits = self.configuration.guesses
        let mark = self.sight.mark
        let back = self.homecoming(completion)
        Task {
            switch await negotiation.take(token) {
            case .proceeds(let answer): back { _, completion in completion(.challenged(answer), nil, nil) }
            case .refused(let reason): back { _, completion in completion(.refused(reason: reason), nil, nil) }
            case .unavailable(let reason):
                back { worker, completion in
                    worker.counters.directoryUnavailable &+= 1
                    completion(.unavailable(reason: reason), nil, nil)
                }
            case .accepted(let person, let answer, let bindsFor):
                if let refusal = person.account.refusal {
                    back { _, completion in completion(.refused(reason: refusal.rawValue), nil, nil) }
                    return
                }
                let principal = await maker.principal(for: Identity(person: person, authentication: .init(.negotiate)))
                back { worker, completion in
                    // A digest that no field value has: the token was good once, and must never be known again.
                    let digest = worker.sight.credentialKey.digestOfNothing()
                    let until = NIODeadline.now() + TimeAmount(limits.verifiedFor)
                    let outcome = worker.welcome(principal, digest: digest, until: until, askedAt: mark)
                    completion(outcome, answer, bindsFor)
                }
            }
        }
    }

    /// Ends a session everywhere, and says when that is done.
    func endSession(_ cookie: [UInt8], at host: [UInt8], completion: @escaping () -> Void) {
        self.sessions.end(cookie, at: host)
        let digest = self.sight.credentialKey.digest(ofSession: cookie, at: host)
        self.sight.forget(digest)
        let signIn = self.signIn
        let others = self.others
        let back = self.homecoming(completion)
        Task {
            await signIn.forget(digest)
            // A loop that is gone has nothing left to forget.
            for (worker, loop) in others { await loop.run { worker.value.sight.forget(digest) } }
            back { _, completion in completion() }
        }
    }

    /// Asks why TLS should not go on with somebody who shows this certificate.
    func objection(to certificate: PeerCertificate, completion: @escaping (String?) -> Void) {
        let certificates = self.dependencies.methods.certificates
        let back = self.homecoming(completion)
        Task {
            let reason: String?
            if let certificates {
                reason = await certificates.objection(to: certificate)
            } else {
                reason = "method-not-configured"
            }
            back { _, completion in completion(reason) }
        }
    }

    private func welcome(
        _ principal: Principal?,
        digest: CredentialDigest,
        until: NIODeadline,
        askedAt mark: UInt64
    ) -> SignedIn {
        guard let principal else { return .unavailable(reason: "record-keys-unavailable") }
        return .visitor(self.sight.welcome(Visitor(principal, digest: digest, until: until), askedAt: mark))
    }

    private var principalMaker: PrincipalMaker {
        PrincipalMaker(policies: self.sight.policies, log: self.dependencies.log)
    }

    // MARK: - What

    /// Asks an upstream about things, a few at a time.
    func lookUp(_ queries: [MetadataQuery], at service: Service, completion: @escaping ([MetadataQuery: Fact]) -> Void)
    {
        guard let pool = self.pool(of: service) else {
            completion([:])
            return
        }
        LookUpRound(queries, at: service, over: pool, by: self, completion: completion).start()
    }

    /// Writes down under which names things were seen.
    func bind(_ things: [ResourceReference], completion: @escaping (Bool) -> Void) {
        let bindings = self.dependencies.bindings
        let back = self.homecoming(completion)
        NIOThreadPool.singleton.submit { _ in
            do throws(BindingError) {
                for thing in things { try bindings.bind(thing) }
                back { _, completion in completion(true) }
            } catch {
                back { _, completion in completion(false) }
            }
        }
    }

    /// Asks a room of this process.
    func ask(_ room: InProcessService, _ request: InProcessRequest, completion: @escaping (InProcessAnswer) -> Void) {
        let back = self.homecoming(completion)
        Task {
            let answer = await room.answer(request)
            back { _, completion in completion(answer) }
        }
    }

    /// A way back to this loop, with something that only this loop may call.
    private func homecoming<Completion>(
        _ completion: Completion
    ) -> @Sendable (@escaping @Sendable (Worker, Completion) -> Void) -> Void {
        let home = NIOLoopBound((self, completion), eventLoop: self.loop)
        let loop = self.loop
        return { arrive in
            loop.execute {
                let (worker, completion) = home.value
                arrive(worker, completion)
            }
        }
    }
}

/// Makes principals, off the event loops: a person's first record needs a key that must be on disk first.
struct PrincipalMaker: Sendable {
    let policies: PolicyInForce
    let log: DecisionLog

    /// The person as requests are decided and recorded for; `nil` when their records cannot be written.
    func principal(for identity: Identity) async -> Principal? {
        let person = identity.person
        let snapshot = self.policies.principal(person)
        let recorded = RecordedPerson(
            id: person.id.value,
            name: person.name,
            clearance: snapshot.clearance?.marking,
            authentication: identity.authentication.recorded
        )
        let facts = PersonFacts(
            groups: person.groups.map(\.id.value),
            attributes: person.attributes,
            clearance: snapshot.clearance?.marking
        )
        let log = self.log
        let prepared = try? await NIOThreadPool.singleton.runIfActive { try log.prepare(recorded, facts: facts) }
        return prepared.map { Principal(identity, snapshot: snapshot, policies: self.policies, prepared: $0) }
    }
}
