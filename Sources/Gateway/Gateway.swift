import DecisionLog
package import Directory
package import Governance
import NIOCore
import NIOSSL
package import PolicyDecision
import Sockets
import Synchronization

/// The running data plane: listeners, event loops, and what can be changed while it runs.
///
/// Policies, certificates and what is known about people are replaced in place; no connection is dropped for any of them.
package final class Gateway: Sendable {
    private let workers: [NIOLoopBound<Worker>]
    let loops: [PollLoop]
    private let listeners: [Listener]
    private let sockets: [ListeningSocket]
    private let management: ListeningSocket?
    private let signIn: SignIn
    private let dependencies: GatewayDependencies
    /// Whether the loops end, or have ended.
    private let isEnding = Atomic<Bool>(false)
    /// The ports of the listeners, in the order of the configuration.
    package let ports: [Int]

    private init(
        workers: [NIOLoopBound<Worker>],
        loops: [PollLoop],
        listeners: [Listener],
        sockets: [ListeningSocket],
        management: ListeningSocket?,
        signIn: SignIn,
        dependencies: GatewayDependencies,
        ports: [Int]
    ) {
        self.workers = workers
        self.loops = loops
        self.listeners = listeners
        self.sockets = sockets
        self.management = management
        self.signIn = signIn
        self.dependencies = dependencies
        self.ports = ports
    }

    /// Opens the listeners and begins to serve.
    ///
    /// - Throws: ``GatewayError``; then nothing was left open.
    package static func start(
        _ configuration: GatewayConfiguration,
        _ dependencies: GatewayDependencies,
        policies: PolicyInForce
    ) async throws(GatewayError) -> Gateway {
        guard !configuration.listeners.isEmpty, !configuration.services.isEmpty else { throw .nothingToServe }
        let services = try ServiceTable(configuration.services)
        var listeners: [Listener] = []
        for listener in configuration.listeners { listeners.append(try Listener(listener)) }
        var upstreamSecurity: [NIOSSLContext?] = []
        for service in services.services { upstreamSecurity.append(try UpstreamSecurity.context(for: service)) }

        let opening = Opening()
        do throws(GatewayError) {
            let sessions = Sessions(configuration.sessions)
            let formKey = FormKey()
            let signIn = SignIn(
                dependencies.directory,
                dependencies.methods,
                sessions: sessions,
                limits: configuration.guesses
            )
            let key = CredentialKey()
            var workers: [NIOLoopBound<Worker>] = []
            for number in 1...configuration.eventLoops {
                let loop = try await GatewayError.startup { try PollLoop(name: "stile-loop-\(number)") }
                opening.loops.append(loop)
                let security = upstreamSecurity
                let made = await loop.run {
                    let worker = Worker(
                        loop: loop,
                        configuration: configuration,
                        dependencies: dependencies,
                        services: services,
                        signIn: signIn,
                        sessions: sessions,
                        formKey: formKey,
                        credentialKey: key,
                        policies: policies,
                        upstreamSecurity: security
                    )
                    worker.start()
                    return NIOLoopBound(worker, eventLoop: loop)
                }
                guard let made else { preconditionFailure("a loop has ended that nobody has ended") }
                workers.append(made)
            }
            let loops = opening.loops
            for (index, pair) in zip(workers, loops).enumerated() {
                let (worker, loop) = pair
                let others = zip(workers, loops).enumerated().filter { $0.offset != index }.map {
                    ($0.element.0, $0.element.1)
                }
                loop.execute { worker.value.others = others }
            }
            var ports: [Int] = []
            for listener in listeners {
                try listener.claim()
                var port = listener.configuration.port
                for (worker, loop) in zip(workers, loops) {
                    let socket = try await listener.bind(on: worker, loop: loop, port: port)
                    opening.sockets.append(socket)
                    // The other loops share the port that the first one was given.
                    port = socket.port
                }
                ports.append(port)
            }
            var management: ListeningSocket?
            if let address = configuration.management {
                let report = ManagementReport(
                    workers: workers,
                    loops: loops,
                    dependencies: dependencies,
                    outage: signIn.outage,
                    whileDown: configuration.guesses.whileDown
                )
                management = try await ManagementListener.bind(address, on: loops[0], report: report)
            }
            return Gateway(
                workers: workers,
                loops: loops,
                listeners: listeners,
                sockets: opening.sockets,
                management: management,
                signIn: signIn,
                dependencies: dependencies,
                ports: ports
            )
        } catch {
            await opening.undo()
            throw error
        }
    }

    /// Whether a listener could use these files: they can be read, belong together, and have not expired.
    ///
    /// - Throws: ``GatewayError/certificate(file:reason:)``.
    package static func check(_ files: CertificateFiles) throws(GatewayError) {
        try TransportSecurity.check(files)
    }

    /// The port of the management listener; `nil` when there is none.
    package var managementPort: Int? { self.management?.port }

    /// Puts other policies in force: each request from now on is decided by them, also one that waits for its record.
    package func replacePolicies(_ policies: PolicyInForce) {
        for (worker, loop) in zip(self.workers, self.loops) { loop.execute { worker.value.replacePolicies(policies) } }
    }

    /// Returns when what the event loops were told before counts at each of them.
    package func awaitLoops() async {
        // A loop that is gone lets nobody through.
        for loop in self.loops { await loop.run {} }
    }

    /// Lets other grants count, also for requests that wait for their record and for what is under way.
    ///
    /// When this returns, no request is forwarded on a grant that is not among them.
    package func replaceGrants(_ grants: GrantsInForce) async {
        for (worker, loop) in zip(self.workers, self.loops) {
            // A loop that is gone lets nobody through.
            await loop.run { worker.value.replaceGrants(grants) }
        }
    }

    /// Loads the listeners' certificates again; one that cannot be loaded leaves the one in force.
    ///
    /// - Throws: ``GatewayError/certificate(file:reason:)`` for the first that could not be loaded.
    package func reloadCertificates() throws(GatewayError) {
        for listener in self.listeners { try listener.transportSecurity?.reload() }
    }

    /// Forgets what is known about a person, because the directory says that something has changed; `nil` for everybody.
    ///
    /// When this returns, no request is forwarded on what was known before.
    package func forget(_ person: PersonID?) async {
        await self.signIn.forget(person)
        for (worker, loop) in zip(self.workers, self.loops) { await loop.run { worker.value.forget(person) } }
    }

    /// Forgets what is known by a token that was taken back.
    ///
    /// When this returns, no request is forwarded on it, and what is under way is being looked at again.
    package func forget(_ token: TokenID) async {
        await self.signIn.forget(token)
        for (worker, loop) in zip(self.workers, self.loops) { await loop.run { worker.value.forget(token) } }
    }

    /// Forgets what is known by whatever token: each is looked up again when it is shown next, and what is under way by one is looked at again.
    package func forgetTokens() async {
        await self.signIn.forgetTokens()
        for (worker, loop) in zip(self.workers, self.loops) { await loop.run { worker.value.forgetTokens() } }
    }

    /// What all event loops have counted since the start.
    package func counters() async -> Counters {
        await Counters.sum(of: self.workers, on: self.loops)
    }

    /// Takes no new connections, lets requests under way end, and stops.
    ///
    /// A second time does nothing.
    ///
    /// - Parameter grace: How long requests under way may take; what is still open then is closed.
    package func shutdown(grace: Duration) async {
        guard !self.isEnding.exchange(true, ordering: .acquiringAndReleasing) else { return }
        for socket in self.sockets { await socket.close() }
        await self.management?.close()
        for (worker, loop) in zip(self.workers, self.loops) { loop.execute { worker.value.drain() } }
        let deadline = ContinuousClock.now + grace
        while ContinuousClock.now < deadline {
            var isIdle = true
            for (worker, loop) in zip(self.workers, self.loops) {
                let loopIsIdle = await loop.run { worker.value.isIdle }
                isIdle = isIdle && loopIsIdle != false
            }
            if isIdle { break }
            try? await Task.sleep(for: .milliseconds(20))
        }
        for (worker, loop) in zip(self.workers, self.loops) { await loop.run { worker.value.stop() } }
        for loop in self.loops { try? await loop.shutdownGracefully() }
    }
}

/// What has been opened so far while the gateway starts, so that a failure leaves nothing behind.
private final class Opening {
    var loops: [PollLoop] = []
    var sockets: [ListeningSocket] = []

    func undo() async {
        // With a loop, everything on it is closed.
        for loop in self.loops { try? await loop.shutdownGracefully() }
    }
}
