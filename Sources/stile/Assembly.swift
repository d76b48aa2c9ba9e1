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
        let starting = try StartingPolicies(configuration)
        let first = starting.policies
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
                now: { Timestamp.now().seconds },
                stopped: { [weak governance] in governance?.tokensStopped }
            )
            let revocations = TokenRevocations(desk) { [weak governance] in governance?.tokensStopped != nil }
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
                dependencies.operatorNotes = { beside.notes + governance.notes }
                let publishing = starting.standing.map {
                    governance.policyDesk(
                        $0,
                        policies: policies,
                        running: running,
                        log: log,
                        mayPropose: ProposerQuestion(directory: directory, policies: policies) { [weak governance] in
                            guard let governance, !governance.areGrantsStopped else { return .none }
                            return GrantsInForce(governance.grants.inForce, areStopped: false)
                        }.right
                    )
                }
                let spread = GrantSpread(
                    governance.grants,
                    areStopped: { [weak governance] in governance?.areGrantsStopped ?? true },
                    running: running
                )
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
                        publishing: publishing,
                        grants: GrantOffice(
                            desk: governance.grants,
                            person: { await Self.signatory($0, in: directory) },
                            record: { await log.record($0, $1) },
                            spread: spread.spread
                        ),
                        running: running
                    ),
                    dependencies,
                    policies: first
                )
                running.gateway.withLock { $0 = gateway }
                revocations.follow(gateway)
                try governance.follow(revocations, policies: publishing, spread: spread, log: log)
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
        let policyWatch = FileWatch(
            fingerprint: { PolicyFolder.fingerprint(of: folder) },
            changed: { Self.takeUp(folder, policies, gateway: gateway, log: log, logger: logger) }
        )
        if configuration.policies.mode == .published { policyWatch.stop() }
        self.watches = [
            policyWatch,
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
        if self.configuration.policies.mode == .files {
            Self.takeUp(
                self.configuration.policies.folder,
                self.policies,
                gateway: self.gateway,
                log: self.log,
                logger: self.logger
            )
        }
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
}
