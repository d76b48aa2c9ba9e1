import Directory
import Governance
import NIOCore
import Synchronization

/// Finds out about credentials that no event loop knows, once for all who wait for the same one.
///
/// One for the whole process, because what it counts must be counted once: wrong passwords over all loops stay below the
/// directory's lockout threshold, and a hundred connections that open with the same credential cost one bind.
actor SignIn {
    /// What came of it.
    enum Outcome: Sendable {
        /// The credential is good until then.
        case known(Identity, until: NIODeadline)
        /// It is not, for this reason, which only the record is told; the answer holds until then.
        case refused(String, until: NIODeadline)
        /// Nobody knows.
        case unavailable(String)
    }

    /// What one check of a credential showed.
    private enum Finding {
        /// It is somebody's, for so long at most.
        case identity(Identity, atMost: TimeAmount?)
        /// It is nobody's, or opens nothing.
        case refused(String, mayBeGuessing: Bool)
        /// Nobody knows; with `isOutage`, because no server of the directory answers.
        case unavailable(String, isOutage: Bool)
    }

    /// A credential that was verified.
    private struct Known {
        var identity: Identity
        /// Until when nobody needs to be asked.
        var until: NIODeadline
        /// Until when it counts while nobody can be asked.
        var whileDown: NIODeadline
    }

    /// Since when the directory has not answered; `nil` while it does.
    nonisolated let outage = DirectoryOutage()

    private let directory: any DirectoryClient
    private let methods: SignInMethods
    private let sessions: Sessions
    private let limits: GuessLimits
    /// The present moment; a parameter, so that tests need not wait.
    private let now: @Sendable () -> NIODeadline
    /// Behind a lock besides, since it is asked where the directory is.
    nonisolated private let guesses: Mutex<GuessCounter>
    private var known: [CredentialDigest: Known] = [:]
    private var wrong: [CredentialDigest: (reason: String, until: NIODeadline)] = [:]
    private var underWay: [CredentialDigest: Task<Outcome, Never>] = [:]
    /// What was forgotten, so that an answer that was asked for before is not taken for one after.
    private var forgotten = Forgotten()

    /// How many credentials are remembered of each kind: far above the people of a company, far below a gigabyte.
    private static let capacity = 50_000
    /// How often somebody who keeps changing while they are asked about is asked about.
    private static let attempts = 3

    init(
        _ directory: any DirectoryClient,
        _ methods: SignInMethods = SignInMethods(),
        sessions: Sessions = Sessions(SessionLimits()),
        limits: GuessLimits,
        now: @escaping @Sendable () -> NIODeadline = { NIODeadline.now() }
    ) {
        self.directory = directory
        self.methods = methods
        self.sessions = sessions
        self.limits = limits
        self.now = now
        self.guesses = Mutex(GuessCounter(limits))
    }

    /// Whose credential this is.
    ///
    /// - Parameters:
    ///   - credential: What was shown; not a step of a negotiation, which is good once and belongs to its connection.
    ///   - digest: What the credential is remembered by.
    ///   - source: The peer's address, without its port.
    /// - Returns: Who, or why nobody.
    func identify(_ credential: Credential, digest: CredentialDigest, source: String) async -> Outcome {
        let now = self.now()
        if let known = self.known[digest], known.until > now { return .known(known.identity, until: known.until) }
        if let wrong = self.wrong[digest], wrong.until > now { return .refused(wrong.reason, until: wrong.until) }
        // In an outage nobody who was known before waits: one after the other goes and sees whether a server is back.
        if self.outage.since != nil, let remembered = self.remembered(digest, at: now) {
            if self.underWay.isEmpty { _ = self.begin(credential, digest: digest, source: source, at: now) }
            return remembered
        }
        if let task = self.underWay[digest] { return await task.value }
        guard let task = self.begin(credential, digest: digest, source: source, at: now) else {
            return .refused("throttled", until: now + .seconds(1))
        }
        return await task.value
    }

    /// Asks about a credential, unless too many wrong ones were tried.
    private func begin(
        _ credential: Credential,
        digest: CredentialDigest,
        source: String,
        at now: NIODeadline
    ) -> Task<Outcome, Never>? {
        let account = credential.guessedAccount
        if let account {
            guard self.guesses.withLock({ $0.admit(account: account, source: source, at: now) }) else { return nil }
        }
        let task = Task { await self.ask(credential, account: account, digest: digest, source: source) }
        self.underWay[digest] = task
        return task
    }

    /// What was known before the directory went down, for a moment, after which it is tried again.
    private func remembered(_ digest: CredentialDigest, at now: NIODeadline) -> Outcome? {
        guard let known = self.known[digest], known.whileDown > now else { return nil }
        let identity = Identity(
            person: known.identity.person,
            authentication: known.identity.authentication.fromMemory
        )
        return .known(identity, until: min(now + Self.outageCheck, known.whileDown))
    }

    /// How often it is seen whether a server is back, while somebody asks: the first one back is used within seconds.
    private static let outageCheck = TimeAmount.seconds(1)

    /// Forgets what was known about a person, or about everybody.
    func forget(_ person: PersonID?) {
        self.forgotten.note(person.map { .person($0) })
        self.wrong.removeAll()
        guard let person else {
            self.known.removeAll()
            return
        }
        self.known = self.known.filter { $0.value.identity.person.id != person }
    }

    /// Forgets what was known by one credential.
    func forget(_ digest: CredentialDigest) {
        self.forgotten.note(.credential(digest))
        self.known[digest] = nil
    }

    /// Forgets what was known by a token.
    func forget(_ token: TokenID) {
        self.forgotten.note(.token(token))
        self.known = self.known.filter { $0.value.identity.authentication.token?.id != token }
    }

    /// Forgets what was known by whatever token.
    func forgetTokens() {
        self.forgotten.noteTokens()
        self.known = self.known.filter { $0.value.identity.authentication.token == nil }
    }

    private func ask(
        _ credential: Credential,
        account: String?,
        digest: CredentialDigest,
        source: String
    ) async -> Outcome {
        var before = self.forgotten.mark
        let tried = TriedPerson()
        var finding = await self.check(credential, tried)
        var attempts = 1
        // Somebody who has changed since they were asked about is another answer, also to whoever joined the question after that.
        while case .identity(let identity, _) = finding, self.forgotten.touches(identity, digest, since: before) {
            guard attempts < Self.attempts else {
                finding = .unavailable("the person changed while they were asked about", isOutage: false)
                break
            }
            attempts += 1
            before = self.forgotten.mark
            finding = await self.check(credential, tried)
        }
        let now = self.now()
        self.underWay[digest] = nil
        switch finding {
        case .identity(let identity, let atMost):
            self.ended(account, source, tried, .right, at: now)
            let verifiedFor = TimeAmount(self.limits.verifiedFor)
            let until = now + min(verifiedFor, atMost ?? verifiedFor)
            let longest = verifiedFor + TimeAmount(self.limits.whileDown)
            self.makeRoom(at: now)
            let whileDown = now + min(longest, atMost ?? longest)
            self.known[digest] = Known(identity: identity, until: until, whileDown: whileDown)
            return .known(identity, until: until)
        case .refused(let reason, let mayBeGuessing):
            self.ended(account, source, tried, mayBeGuessing ? .wrong : .untold, at: now)
            // What was asked before anything changed may be the answer to a question nobody asks any more: use it once.
            let isFresh = before == self.forgotten.mark && reason != AuthenticationRefusal.throttled.rawValue
            let until = isFresh ? now + TimeAmount(self.limits.refusedFor) : now
            self.makeRoom(at: now)
            if isFresh {
                self.wrong[digest] = (reason, until)
                self.known[digest] = nil
            }
            return .refused(reason, until: until)
        case .unavailable(let reason, let isOutage):
            self.ended(account, source, tried, .untold, at: now)
            return (isOutage ? self.remembered(digest, at: now) : nil) ?? .unavailable(reason)
        }
    }

    private func ended(
        _ account: String?,
        _ source: String,
        _ tried: TriedPerson,
        _ result: GuessCounter.Result,
        at now: NIODeadline
    ) {
        guard let account else { return }
        let person = tried.end()
        self.guesses.withLock { $0.ended(account: account, source: source, person: person, result, at: now) }
    }

    /// Whose password an attempt has tried, or is about to.
    private final class TriedPerson: Sendable {
        private let state = Mutex<(id: PersonID?, isOver: Bool)>((nil, false))

        /// Whether it may be tried: another server, or the same question again, is the same attempt.
        ///
        /// Nobody waits for a directory that comes to it after the attempt has ended, and nobody would count it.
        func admit(_ person: PersonID, _ count: () -> Bool) -> Bool {
            self.state.withLock { state in
                guard !state.isOver else { return false }
                guard state.id != person else { return true }
                guard state.id == nil, count() else { return false }
                state.id = person
                return true
            }
        }

        /// - Returns: Whose it was, if one was tried.
        func end() -> PersonID? {
            self.state.withLock { state in
                state.isOver = true
                return state.id
            }
        }
    }

    // MARK: - One check for each kind of credential

    private func check(_ credential: Credential, _ tried: TriedPerson) async -> Finding {
        switch credential {
        case .basic(let basic):
            let answer = await self.directory.authenticate(name: basic.name, password: basic.password) { person in
                tried.admit(person) { self.guesses.withLock { $0.admit(person, at: self.now()) } }
            }
            self.outage.note(answer.failure, at: self.now())
            switch answer {
            case .authenticated(let person):
                return .identity(Identity(person: person, authentication: Authentication(.basic)), atMost: nil)
            case .refused(let refusal): return .refused(refusal.rawValue, mayBeGuessing: refusal.mayBeGuessing)
            case .unavailable(let failure): return .unavailable(failure.description, isOutage: failure.isOutage)
            }
        case .token(let token, let name): return await self.check(token, claimedBy: name)
        case .mistypedToken: return .refused("mistyped-token", mayBeGuessing: false)
        case .session(let cookie, let host): return await self.check(session: cookie, at: host)
        case .certificate(let certificate):
            switch await self.methods.certificates?.person(bearing: certificate) {
            case nil: return .refused("method-not-configured", mayBeGuessing: false)
            case .accepted(let person): return Self.finding(person, Authentication(.certificate))
            case .refused(let reason): return .refused(reason, mayBeGuessing: false)
            case .unavailable(let reason): return .unavailable(reason, isOutage: false)
            }
        case .negotiate: return .refused("negotiation-is-good-once", mayBeGuessing: false)
        case .standing(let person, let authentication):
            return await self.account(of: person, authentication, atMost: nil)
        }
    }

    private func check(_ token: AccessToken, claimedBy name: String?) async -> Finding {
        guard let desk = self.methods.tokens else { return .refused("method-not-configured", mayBeGuessing: false) }
        switch await desk.verify(token) {
        case .refused(let fault): return .refused(fault.rawValue, mayBeGuessing: fault == .unknown)
        case .unavailable(let reason): return .unavailable(reason, isOutage: false)
        case .good(let record, let secondsLeft):
            guard let owner = PersonID(value: record.owner) else {
                return .refused("unsealed-token", mayBeGuessing: false)
            }
            let authentication = Authentication(
                TokenInUse(id: record.id, scope: record.scope),
                ends: record.expires
            )
            let finding = await self.account(of: owner, authentication, atMost: .seconds(secondsLeft))
            guard case .identity(let identity, _) = finding, let name else { return finding }
            // A name that is not the owner's is a mistake that the log would repeat.
            let isOwners = identity.person.name == name.lowercased()
            return isOwners ? finding : .refused("token-of-another", mayBeGuessing: false)
        }
    }

    /// A session holds as long as its time, the account, and the password that it was begun with.
    private func check(session cookie: [UInt8], at host: [UInt8]) async -> Finding {
        let now = self.now()
        guard let (id, session) = self.sessions.session(cookie, at: host, now: now) else {
            return .refused("ended-session", mayBeGuessing: false)
        }
        let authentication = Authentication(.session, ends: session.endsAt)
        let finding = await self.account(of: session.person, authentication, atMost: session.ends - now)
        switch finding {
        case .identity(let identity, _):
            guard identity.person.passwordChanged == session.passwordChanged else {
                self.sessions.end(id)
                return .refused("password-changed", mayBeGuessing: false)
            }
        case .refused: self.sessions.end(id)
        case .unavailable: break
        }
        return finding
    }

    /// The person as they are now, for a proof that does not ask the directory for a password.
    private func account(of id: PersonID, _ authentication: Authentication, atMost: TimeAmount?) async -> Finding {
        let answer = await self.directory.person(id)
        self.outage.note(answer.failure, at: self.now())
        switch answer {
        case .found(let person): return Self.finding(person, authentication, atMost: atMost)
        case .refused(let refusal): return .refused(refusal.rawValue, mayBeGuessing: false)
        case .unavailable(let failure): return .unavailable(failure.description, isOutage: failure.isOutage)
        }
    }

    private static func finding(
        _ person: Person,
        _ authentication: Authentication,
        atMost: TimeAmount? = nil
    ) -> Finding {
        if let refusal = person.account.refusal { return .refused(refusal.rawValue, mayBeGuessing: false) }
        return .identity(Identity(person: person, authentication: authentication), atMost: atMost)
    }

    private func makeRoom(at now: NIODeadline) {
        if self.known.count >= Self.capacity {
            self.known = self.known.filter { $0.value.whileDown > now }
            if self.known.count >= Self.capacity { self.known.removeAll() }
        }
        if self.wrong.count >= Self.capacity {
            self.wrong = self.wrong.filter { $0.value.until > now }
            if self.wrong.count >= Self.capacity { self.wrong.removeAll() }
        }
    }
}
