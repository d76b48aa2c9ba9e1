import DecisionLog
import Directory
import Governance
import HTTP1
import NIOCore
import NIOSSL
import PolicyDecision
import Profiles
import Sockets

/// One event loop's share of the gateway: its connections, its caches and its counters.
///
/// Nothing in here is shared with another loop, so nothing is locked. What all loops must agree on (policies, sign-in,
/// bindings, the journal) is immutable, an actor, or made for several threads.
///
/// Confined to its event loop.
final class Worker {
    let loop: PollLoop
    let configuration: GatewayConfiguration
    let limits: GatewayLimits
    let waits: ClientWaits
    let dependencies: GatewayDependencies
    let services: ServiceTable
    let signIn: SignIn
    let sessions: Sessions
    let sight: Sight
    /// What this loop has counted.
    var counters: Counters {
        get { self.sight.counters }
        _modify { yield &self.sight.counters }
    }
    /// The present moment, as of the last tick: exact enough for what is remembered, and free.
    private(set) var now = NIODeadline.now()
    /// The person part of records about nobody.
    let unknownPerson: PreparedPerson
    /// The value of `Date` in Stile's own answers, as of the last tick.
    private(set) var dateText: [UInt8] = []
    /// Where an answer's head is written before it is sent; reused, since a whole answer is written in one go.
    var scratch = ByteBuffer()

    /// The workers of the other loops.
    var others: [(worker: NIOLoopBound<Worker>, loop: PollLoop)] = []

    private var recorder: Recorder?
    private var commits = CommitQueue<(connection: ClientConnection, request: UInt64)>()
    private var folds = RefusalFold()
    private var clients: [ClientConnection] = []
    private var upstreams: [UpstreamConnection] = []
    private var pools: [UpstreamPool?] = []
    private var ticking: RepeatedTask?
    /// Whether new requests are still taken.
    private(set) var isDraining = false

    /// Time limits are looked at this often.
    private static let tick = TimeAmount.milliseconds(250)

    init(
        loop: PollLoop,
        configuration: GatewayConfiguration,
        dependencies: GatewayDependencies,
        services: ServiceTable,
        signIn: SignIn,
        sessions: Sessions,
        formKey: FormKey,
        credentialKey: CredentialKey,
        policies: PolicyInForce,
        upstreamSecurity: [NIOSSLContext?]
    ) {
        self.loop = loop
        self.configuration = configuration
        self.limits = configuration.limits
        self.waits = ClientWaits(configuration.limits)
        self.dependencies = dependencies
        self.services = services
        self.signIn = signIn
        self.sessions = sessions
        self.unknownPerson = dependencies.log.prepareUnknown(RecordedPerson())
        self.sight = Sight(
            gateway: configuration.name,
            policies: policies,
            bindings: dependencies.bindings,
            credentialKey: credentialKey,
            formKey: configuration.sessions.hasPage ? formKey : nil,
            limits: configuration.limits,
            services: services.services.count
        )
        self.dateText = HTTPDate.text(of: .now())
        self.pools = zip(services.services, upstreamSecurity).map { service, security in
            service.upstream.map {
                UpstreamPool(worker: self, service: service, configuration: $0, transportSecurity: security)
            }
        }
    }

    /// Begins to keep time and to hear of group commits.
    func start() {
        let worker = NIOLoopBound(self, eventLoop: self.loop)
        let loop = self.loop
        self.recorder = self.dependencies.log.journal.recorder { progress in
            // Once per group commit, on the journal's thread.
            loop.execute { worker.value.committed(progress) }
        }
        self.recorder?.rousesLater = true
        loop.roundEnds = { [weak recorder = self.recorder] in recorder?.rouse() }
        self.ticking = loop.scheduleRepeatedTask(initialDelay: Self.tick, delay: Self.tick) { _ in
            worker.value.keepTime()
        }
    }

    // MARK: - Connections

    /// The pool of a service's upstream.
    func pool(of service: Service) -> UpstreamPool? { self.pools[service.index] }

    func add(_ client: ClientConnection) {
        client.slot = self.clients.count
        self.clients.append(client)
        self.counters.connectionsAccepted &+= 1
        self.counters.connectionsOpen &+= 1
    }

    func remove(_ client: ClientConnection) {
        guard client.slot < self.clients.count, self.clients[client.slot] === client else { return }
        self.clients.swapAt(client.slot, self.clients.count - 1)
        self.clients[client.slot].slot = client.slot
        self.clients.removeLast()
        self.counters.connectionsOpen &-= 1
    }

    func add(_ upstream: UpstreamConnection) {
        upstream.slot = self.upstreams.count
        self.upstreams.append(upstream)
    }

    func remove(_ upstream: UpstreamConnection) {
        guard upstream.slot < self.upstreams.count, self.upstreams[upstream.slot] === upstream else { return }
        self.upstreams.swapAt(upstream.slot, self.upstreams.count - 1)
        self.upstreams[upstream.slot].slot = upstream.slot
        self.upstreams.removeLast()
    }

    /// How many client connections this loop may hold.
    var hasRoom: Bool { self.clients.count < max(1, self.limits.connections / self.configuration.eventLoops) }

    // MARK: - Record

    /// Hands a decision to the journal.
    func record(
        _ ruling: Ruling,
        by who: PreparedPerson,
        trace: RequestTrace,
        exchange: RecordedExchange
    ) -> Recorded {
        guard let recorder = self.recorder else { return .refused(.closed) }
        return recorder.record(ruling.prepared, by: who, trace: trace, micros: 0, at: .now(), exchange: exchange)
    }

    /// Hands a decision to the journal, without making any text for it.
    func record(
        _ ruling: Ruling,
        by who: PreparedPerson,
        from origin: PreparedOrigin,
        _ request: ClientRequest
    ) -> Recorded {
        guard let recorder = self.recorder else { return .refused(.closed) }
        let name = request.methodName
        let target = request.target.bytes
        return recorder.record(
            ruling.prepared,
            by: who,
            from: origin,
            method: name.span,
            path: target.span.extracting(request.target.path),
            request: request.identifiers?.request,
            trace: request.identifiers?.trace,
            purpose: request.identifiers?.purpose,
            micros: self.sight.takeMicros(),
            at: .now()
        )
    }

    /// Counts a refusal that repeats one of the last second, instead of recording it.
    ///
    /// - Parameters:
    ///   - ruling: The refusal.
    ///   - who: Who asked, as far as it is known.
    ///   - key: What makes refusals identical.
    ///   - trace: The traces of the request, made only when they are needed.
    /// - Returns: The id of the record that stands for it; `nil` when it has to be recorded.
    func fold(
        _ ruling: Ruling,
        by who: PreparedPerson,
        key: RefusalFold.Key,
        trace: () -> RequestTrace
    ) -> DecisionID? {
        self.folds.count(ruling, by: who, at: .now(), .now(), key: key, trace: trace)
    }

    /// A refusal was recorded by itself; those like it are counted for a second.
    func beginFold(_ id: DecisionID, key: RefusalFold.Key) {
        self.folds.begin(id, at: .now(), .now(), key: key)
    }

    private func recordFolds(at moment: NIODeadline) {
        for counted in self.folds.due(at: moment) {
            // A journal that is closed has refused the requests as well: there is nothing to make up for.
            _ = self.recorder?.record(
                counted.ruling.prepared,
                by: counted.who,
                trace: counted.trace,
                micros: 0,
                at: counted.since,
                repetition: counted.repetition
            )
        }
    }

    /// Lets a request wait until its record is durable.
    func wait(_ connection: ClientConnection, for ticket: JournalTicket) {
        self.commits.append((connection, connection.requestNumber), ticket: ticket)
    }

    /// A group of records is on disk, or will never be: releases all who wait for it, in one pass.
    private func committed(_ progress: JournalProgress) {
        self.counters.releases &+= 1
        let isDurable = progress.outcome == .durable
        while let waiting = self.commits.next(through: progress.through) {
            waiting.connection.recorded(isDurable, request: waiting.request)
        }
    }

    // MARK: - Time and change

    private func keepTime() {
        self.now = self.loop.now
        self.sight.now = self.now
        self.sight.endGrants()
        self.dateText = HTTPDate.text(of: .now())
        self.recordFolds(at: self.now)
        // From the end, since a connection that closes is swapped with the last one.
        for index in stride(from: self.clients.count - 1, through: 0, by: -1) where index < self.clients.count {
            if self.clients[index].deadline <= self.now { self.clients[index].timedOut() }
        }
        self.recheckOpenExchanges()
        for index in stride(from: self.upstreams.count - 1, through: 0, by: -1) where index < self.upstreams.count {
            if self.upstreams[index].deadline <= self.now { self.upstreams[index].timedOut() }
        }
    }

    /// When a wait that begins now is over; never shorter than asked for, however late a tick comes and however long a round takes.
    func after(_ limit: TimeAmount) -> NIODeadline { self.loop.now + Self.tick + limit }

    /// Other policies are in force from the next request on.
    func replacePolicies(_ policies: PolicyInForce) {
        self.sight.replacePolicies(policies)
        self.recheckOpenExchanges()
    }

    /// Other grants count from the next request on.
    func replaceGrants(_ grants: GrantsInForce) {
        self.sight.replaceGrants(grants)
        self.recheckOpenExchanges()
    }

    /// What is known about a person, or everybody, no longer holds.
    func forget(_ person: PersonID?) {
        self.sight.forget(person)
        self.recheckOpenExchanges()
    }

    /// What is known by a token no longer holds.
    func forget(_ token: TokenID) {
        self.sight.forget(token)
        self.recheckOpenExchanges()
    }

    /// What is known by whatever token no longer holds.
    func forgetTokens() {
        self.sight.forgetTokens()
        self.recheckOpenExchanges()
    }

    /// Looks again at what is under way, as far as what it rests on no longer holds.
    private func recheckOpenExchanges() {
        // From the end, since a connection that closes is swapped with the last one.
        for index in stride(from: self.clients.count - 1, through: 0, by: -1) where index < self.clients.count {
            self.clients[index].recheck()
        }
    }

    /// Forgets, on every loop, what a request is about to change or has changed.
    func forget(_ queries: [MetadataQuery], at service: Service) {
        self.sight.forget(queries, at: service)
        for (worker, loop) in self.others { loop.execute { worker.value.sight.forget(queries, at: service) } }
    }

    /// Answers what is under way and then closes; idle connections are closed now.
    func drain() {
        self.isDraining = true
        for client in self.clients.reversed() { client.drain() }
    }

    /// Whether all connections are closed.
    var isIdle: Bool { self.clients.isEmpty }

    /// Closes everything.
    func stop() {
        self.ticking?.cancel()
        for client in self.clients.reversed() { client.close() }
        for upstream in self.upstreams.reversed() { upstream.abandon() }
        // Nobody comes back for what was counted since the last tick.
        self.recordFolds(at: .distantFuture)
    }
}
