import Console
import DecisionLog
import Directory
import Foundation
import Gateway
import Governance
import OpenLDAPDirectory
import Profiles
import Synchronization

/// What the rooms are given, from the configuration.
extension Assembly {
    /// What the gateway is started with.
    static func gatewayConfiguration(
        _ configuration: Configuration,
        log: DecisionLog,
        index: any DecisionIndex,
        policies: PoliciesInForce,
        tokens: TokenOffice,
        publishing: PolicyDesk?,
        grants: GrantOffice,
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
                tokens: tokens,
                publishing: publishing,
                grants: grants
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
final class RunningGateway: Sendable {
    let gateway = Mutex<Gateway?>(nil)

    /// Forgets what the gateway remembers of a person; whom it cannot be asked about it does not remember.
    func forget(_ person: String) async {
        guard let id = PersonID(value: person) else { return }
        await self.gateway.withLock { $0 }?.forget(id)
    }
}

extension Assembly {
    /// Who a login name is, for a grant.
    static func signatory(_ name: String, in directory: OpenLDAPDirectory) async -> GrantOffice.Found {
        switch await directory.person(named: name) {
        case .found(let person):
            person.account.allowsSignIn
                ? .person(Signatory(id: person.id.value, name: person.name)) : .nobody
        case .refused: .nobody
        case .unavailable(let failure): .unavailable("\(failure)")
        }
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
        // A revision of the policies comes whole, written as JSON.
        self.bodyLimit = PolicyBundle.maximumBytes + PolicyBundle.maximumBytes / 2
    }
}
