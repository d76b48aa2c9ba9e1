import Catalog
import Console
import DecisionLog
import Directory
import Foundation
import Gateway
import Governance
import Logging
import OpenLDAPDirectory
import PolicyDecision
import PolicyFiles
import Profiles
import SQLiteStorage
import Synchronization

/// A running Stile: every room, put together.
///
/// The only place that knows all of them. Opened from the inside out, so that the front doors open last, and closed the
/// other way round.
final class Assembly: Sendable {
    /// Why Stile could not start.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let gateway: Gateway
    private let configuration: Configuration
    private let log: DecisionLog
    private let beside: LogBeside
    private let directory: OpenLDAPDirectory
    private let policies: PoliciesInForce
    private let watches: [FileWatch]
    private let people: OpenLDAPWatch
    private let following: Task<Void, Never>
    private let identities: Identities
    private let stamping: Task<Void, Never>?
    private let governance: SharedGovernance
    private let revocations: TokenRevocations
    private let logger: Logger

    /// Opens everything.
    ///
    /// - Throws: ``Failure``; then nothing was left open.
    static func start(_ configuration: Configuration, logger: Logger) async throws(Failure) -> Assembly {
        let first: PolicyInForce
        switch PolicyRevision.read(configuration.policies.folder) {
        case .success(let read): first = read
        case .failure(let diagnostics):
            throw Failure(description: "the policies are not in order:\n\(diagnostics)")
        }
        let policies = PoliciesInForce(first)
        do {
            try FileManager.default.createDirectory(
                atPath: configuration.state,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            let index = try configuration.openIndex()
            let bindings = try ResourceBindings(path: configuration.bindingsFile)
            let governance = try SharedGovernance(configuration, logger: logger)
            let desk = TokenDesk(
                store: governance.store,
                key: try TokenKeyFile.key(at: configuration.tokenKeyFile),
                limits: configuration.signIn.tokens,
                now: { Timestamp.now().seconds }
            )
            let revocations = TokenRevocations(desk)
            let directory = try OpenLDAPDirectory(configuration.directory.reading(first.clearances.attributes))
            let identities = try Identities(configuration, directory: directory, tokens: desk)
            let stamping = try configuration.timeStamps.map {
                try TimeStamping($0, log: configuration.logFolder, logger: logger)
            }
            let log = try DecisionLog.open(
                folder: configuration.logFolder,
                gateway: configuration.gateway,
                configuration: DecisionLogConfiguration(journal: configuration.journal),
                index: index
            )
            var opened: LogBeside?
            do {
                let running = RunningGateway()
                let beside = try LogBeside(configuration, log: log, logger: logger)
                opened = beside
                var dependencies = GatewayDependencies(
                    directory: directory,
                    methods: identities.methods,
                    assertions: identities.assertions,
                    log: log,
                    bindings: bindings
                ) {
                    policies.metrics(log) + beside.metrics(log) + identities.metrics + (stamping?.metrics ?? [])
                        + governance.metrics
                }
                dependencies.operatorNotes = { beside.notes }
                let gateway = try await Gateway.start(
                    try self.gatewayConfiguration(
                        configuration,
                        log: log,
                        index: index,
                        policies: policies,
                        tokens: TokenOffice(
                            desk: desk,
                            services: Set(configuration.services.map(\.name) + [Console.service]),
                            record: { await log.record($0, $1) },
                            forget: revocations.tell
                        ),
                        running: running
                    ),
                    dependencies,
                    policies: first
                )
                revocations.follow(gateway)
                governance.follow(revocations)
                running.gateway.withLock { $0 = gateway }
                return Assembly(
                    gateway: gateway,
                    configuration: configuration,
                    log: log,
                    beside: beside,
                    directory: directory,
                    policies: policies,
                    identities: identities,
                    stamping: stamping,
                    revocations: revocations,
                    governance: governance,
                    logger: logger
                )
            } catch {
                opened?.stop()
                log.close()
                directory.stop()
                throw error
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(description: "\(error)")
        }
    }

    private init(
        gateway: Gateway,
        configuration: Configuration,
        log: DecisionLog,
        beside: LogBeside,
        directory: OpenLDAPDirectory,
        policies: PoliciesInForce,
        identities: Identities,
        stamping: TimeStamping?,
        revocations: TokenRevocations,
        governance: SharedGovernance,
        logger: Logger
    ) {
        self.governance = governance
        self.revocations = revocations
        self.gateway = gateway
        self.identities = identities
        self.stamping = stamping.map { stamping in Task { await stamping.run() } }
        self.configuration = configuration
        self.log = log
        self.beside = beside
        self.directory = directory
        self.policies = policies
        self.logger = logger
        let people = OpenLDAPWatch(directory)
        self.people = people
        self.following = Task { await Self.follow(people, gateway: gateway, policies: policies, logger: logger) }
        let folder = configuration.policies.folder
        let certificates = configuration.listeners.flatMap { listener -> [String] in
            guard case .tls(let files) = listener.security else { return [] }
            return [files.chain, files.key] + [files.passwordFile].compactMap { $0 }
        }
        self.watches = [
            FileWatch(
                fingerprint: { PolicyFolder.fingerprint(of: folder) },
                changed: { Self.takeUp(folder, policies, gateway: gateway, log: log, logger: logger) }
            ),
            FileWatch(
                fingerprint: { FileWatch.fingerprint(of: certificates) },
                changed: { Self.renew(gateway, logger: logger) }
            ),
            FileWatch(
                fingerprint: { identities.fingerprint() },
                changed: { identities.renew(gateway, logger: logger) }
            ),
        ]
    }

    /// Takes up policies and certificates now.
    func reload() {
        Self.takeUp(
            self.configuration.policies.folder,
            self.policies,
            gateway: self.gateway,
            log: self.log,
            logger: self.logger
        )
        Self.renew(self.gateway, logger: self.logger)
        self.identities.renew(self.gateway, logger: self.logger)
    }

    /// Lets requests under way end, and closes everything.
    func stop(grace: Duration) async {
        for watch in self.watches { watch.stop() }
        self.stamping?.cancel()
        self.people.stop()
        await self.following.value
        self.governance.stop()
        self.revocations.stop()
        await self.gateway.shutdown(grace: grace)
        self.beside.stop()
        self.log.close()
        self.directory.stop()
    }

    // MARK: - What changes while it runs

    private static func takeUp(
        _ folder: String,
        _ policies: PoliciesInForce,
        gateway: Gateway,
        log: DecisionLog,
        logger: Logger
    ) {
        switch PolicyRevision.read(folder) {
        case .success(let read):
            guard read.revision != policies.current.revision else {
                policies.count(refused: nil)
                return
            }
            policies.replace(read)
            gateway.replacePolicies(read)
            log.note(LogEvent.policiesLoaded, ["revision": .string(read.revision)])
            logger.notice("policies in force", metadata: ["revision": "\(read.revision)"])
        case .failure(let diagnostics):
            policies.count(refused: diagnostics)
            log.note(
                LogEvent.policiesRefused,
                [
                    "errors": .integer(Int64(diagnostics.all.count)),
                    "first": .string(diagnostics.all.first?.description ?? ""),
                    "inForce": .string(policies.current.revision),
                ]
            )
            for diagnostic in diagnostics.all.prefix(20) { logger.error("\(diagnostic)") }
            logger.error(
                "policies refused; the last good revision stays in force",
                metadata: ["revision": "\(policies.current.revision)", "errors": "\(diagnostics.all.count)"]
            )
        }
    }

    /// Forgets whoever changed in the directory, so that the next request asks it anew.
    private static func follow(
        _ people: OpenLDAPWatch,
        gateway: Gateway,
        policies: PoliciesInForce,
        logger: Logger
    ) async {
        for await change in people.changes() {
            switch change {
            case .person(let person): await gateway.forget(person)
            // Who is in a group is not said with the group, so everybody is asked about again.
            case .membership, .everything: await gateway.forget(nil)
            case .live(let method):
                policies.directoryIsWatched(method.isPush)
                logger.notice("directory watched", metadata: ["by": "\(method.rawValue)"])
            case .lost(let reason):
                policies.directoryIsWatched(false)
                logger.warning("directory not watched; changes count when a remembered sign-in ends: \(reason)")
            }
        }
    }

    private static func renew(_ gateway: Gateway, logger: Logger) {
        do {
            try gateway.reloadCertificates()
            logger.notice("certificates taken up")
        } catch {
            logger.error("certificate refused; the one in force stays: \(error)")
        }
    }

    // MARK: - Values for the gateway

    private static func gatewayConfiguration(
        _ configuration: Configuration,
        log: DecisionLog,
        index: any DecisionIndex,
        policies: PoliciesInForce,
        tokens: TokenOffice,
        running: RunningGateway
    ) throws(Failure) -> GatewayConfiguration {
        var services: [ServiceConfiguration] = []
        for service in configuration.services {
            var upstream = service.upstream
            if let file = service.credentialFile { upstream.credential = try self.credential(file) }
            var gatewayService = ServiceConfiguration(
                name: service.name,
                hosts: service.hosts,
                mount: service.mount,
                backend: .upstream(upstream, MLflowProfile(service: service.name))
            )
            gatewayService.assertion = service.assertion
            services.append(gatewayService)
        }
        if !configuration.consoleHosts.isEmpty {
            let console = Console(
                index: index,
                log: log,
                forget: { await running.forget($0) },
                recorded: { log.journal.durable },
                policies: { policies.current },
                tokens: tokens
            )
            services.append(
                ServiceConfiguration(
                    name: Console.service,
                    hosts: configuration.consoleHosts,
                    backend: .inProcess(InProcessService(console))
                )
            )
        }
        var gateway = GatewayConfiguration(
            name: configuration.gateway,
            listeners: configuration.listeners,
            services: services,
            management: ManagementAddress(
                address: configuration.management.address,
                port: configuration.management.port
            ),
            eventLoops: ProcessInfo.processInfo.activeProcessorCount
        )
        gateway.limits = configuration.limits
        gateway.guesses = configuration.signIn.guesses
        gateway.sessions = configuration.signIn.sessions
        return gateway
    }

    private static func credential(_ file: String) throws(Failure) -> (name: String, password: String) {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw Failure(description: "\(file): the credential for the upstream cannot be read")
        }
        let parts = text.split(separator: "\n").first?.split(separator: ":", maxSplits: 1) ?? []
        guard parts.count == 2 else {
            throw Failure(description: "\(file): found no `name:password`, expected one line of that form")
        }
        return (String(parts[0]), String(parts[1]))
    }
}

/// The gateway, for the console behind it, which is put together first.
private final class RunningGateway: Sendable {
    let gateway = Mutex<Gateway?>(nil)

    /// Forgets what the gateway remembers of a person; whom it cannot be asked about it does not remember.
    func forget(_ person: String) async {
        guard let id = PersonID(value: person) else { return }
        await self.gateway.withLock { $0 }?.forget(id)
    }
}

extension OpenLDAPConfiguration {
    /// The same, reading the attributes that clearance rules look at, too.
    func reading(_ attributes: Set<String>) -> OpenLDAPConfiguration {
        var configuration = self
        configuration.people.attributes.formUnion(attributes.compactMap { AttributeName($0) })
        return configuration
    }
}

extension InProcessService {
    /// The console behind the gateway.
    fileprivate init(_ console: Console) {
        self.init(question: Console.question) { request in
            let answer = await console.answer(
                ConsoleRequest(
                    method: request.method,
                    path: request.path,
                    query: request.query,
                    contentType: request.contentType,
                    body: request.body,
                    asker: ConsoleRequest.Asker(id: request.person.id.value, name: request.person.name),
                    decision: request.decision.description
                )
            )
            return InProcessAnswer(
                status: answer.status,
                contentType: answer.contentType,
                body: answer.body,
                // It is for this person at this moment, and may hold a token.
                fields: [("cache-control", "no-store")]
            )
        }
    }
}
