import Directory
import NIOCore

/// Asks the directory about credentials that no event loop knows, once for all who wait for the same one.
///
/// One for the whole process, because what it counts must be counted once: wrong passwords over all loops stay below the
/// directory's lockout threshold, and a hundred connections that open with the same credential cost one bind.
actor SignIn {
    /// What came of it.
    enum Outcome: Sendable {
        /// The credential is good until then.
        case known(Person, until: NIODeadline)
        /// It is not, for this reason, which only the record is told; the answer holds until then.
        case refused(String, until: NIODeadline)
        /// Nobody knows.
        case unavailable(String)
    }

    private let directory: any DirectoryClient
    private let limits: GuessLimits
    /// The present moment; a parameter, so that tests need not wait.
    private let now: @Sendable () -> NIODeadline
    private var guesses: GuessCounter
    private var known: [CredentialDigest: (person: Person, until: NIODeadline)] = [:]
    private var wrong: [CredentialDigest: (reason: String, until: NIODeadline)] = [:]
    private var underWay: [CredentialDigest: Task<Outcome, Never>] = [:]
    /// Raised whenever something is forgotten, so that an answer that was asked for before is not kept after.
    private var forgotten: UInt64 = 0

    /// How many credentials are remembered of each kind: far above the people of a company, far below a gigabyte.
    private static let capacity = 50_000

    init(
        _ directory: any DirectoryClient,
        limits: GuessLimits,
        now: @escaping @Sendable () -> NIODeadline = { NIODeadline.now() }
    ) {
        self.directory = directory
        self.limits = limits
        self.now = now
        self.guesses = GuessCounter(limits)
    }

    /// Whose credential this is.
    ///
    /// - Parameters:
    ///   - credential: Name and password.
    ///   - digest: What the credential is remembered by.
    ///   - source: The peer's address, without its port.
    /// - Returns: Who, or why nobody.
    func identify(_ credential: BasicCredential, digest: CredentialDigest, source: String) async -> Outcome {
        let now = self.now()
        if let known = self.known[digest], known.until > now { return .known(known.person, until: known.until) }
        if let wrong = self.wrong[digest], wrong.until > now { return .refused(wrong.reason, until: wrong.until) }
        if let task = self.underWay[digest] { return await task.value }

        let account = credential.name.lowercased()
        guard self.guesses.admit(account: account, source: source, at: now) else {
            return .refused("throttled", until: now + .seconds(1))
        }
        let task = Task { await self.ask(credential, account: account, digest: digest, source: source) }
        self.underWay[digest] = task
        return await task.value
    }

    /// Forgets what was known about a person, or about everybody.
    func forget(_ person: PersonID?) {
        self.forgotten &+= 1
        self.wrong.removeAll()
        guard let person else {
            self.known.removeAll()
            return
        }
        self.known = self.known.filter { $0.value.person.id != person }
    }

    private func ask(
        _ credential: BasicCredential,
        account: String,
        digest: CredentialDigest,
        source: String
    ) async -> Outcome {
        let before = self.forgotten
        let answer = await self.directory.authenticate(name: credential.name, password: credential.password)
        let now = self.now()
        self.underWay[digest] = nil
        // What was asked before something changed may be the answer to a question nobody asks any more: use it once.
        let isFresh = before == self.forgotten
        switch answer {
        case .authenticated(let person):
            self.guesses.ended(account: account, source: source, wasWrong: false, at: now)
            let until = isFresh ? now + TimeAmount(self.limits.verifiedFor) : now
            self.makeRoom(at: now)
            if isFresh { self.known[digest] = (person, until) }
            return .known(person, until: until)
        case .refused(let refusal):
            self.guesses.ended(account: account, source: source, wasWrong: refusal.mayBeGuessing, at: now)
            let until = isFresh ? now + TimeAmount(self.limits.refusedFor) : now
            self.makeRoom(at: now)
            if isFresh { self.wrong[digest] = (refusal.rawValue, until) }
            return .refused(refusal.rawValue, until: until)
        case .unavailable(let failure):
            self.guesses.ended(account: account, source: source, wasWrong: false, at: now)
            return .unavailable(String(describing: failure))
        }
    }

    private func makeRoom(at now: NIODeadline) {
        if self.known.count >= Self.capacity {
            self.known = self.known.filter { $0.value.until > now }
            if self.known.count >= Self.capacity { self.known.removeAll() }
        }
        if self.wrong.count >= Self.capacity {
            self.wrong = self.wrong.filter { $0.value.until > now }
            if self.wrong.count >= Self.capacity { self.wrong.removeAll() }
        }
    }
}
