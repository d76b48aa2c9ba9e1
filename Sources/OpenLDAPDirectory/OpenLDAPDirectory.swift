package import Directory
import Glibc
import Synchronization

/// The company's directory, asked through the OpenLDAP client library.
///
/// A question is taken by one of a few workers, each with a thread and connections of its own, and asked of the first server that
/// answers. Who asks waits no longer than ``DirectoryLimits/total``, whatever servers do.
package final class OpenLDAPDirectory: DirectoryClient {
    package let configuration: OpenLDAPConfiguration
    let servers: ServerList
    let workforce: Workforce
    private let discovery: Mutex<Task<Void, Never>?>

    /// Starts the workers; connects to nobody yet.
    ///
    /// - Parameter configuration: How to ask.
    /// - Throws: ``OpenLDAPConfigurationError`` if nothing could ever be asked this way.
    package init(_ configuration: OpenLDAPConfiguration) throws(OpenLDAPConfigurationError) {
        try configuration.validate()
        self.configuration = configuration
        let servers = ServerList(configuration.servers, limits: configuration.limits)
        self.servers = servers
        // libldap writes to sockets whose other side may have gone; that is an error code, not the end of the process.
        _ = signal(SIGPIPE, SIG_IGN)
        let workers = (1...max(1, configuration.limits.workers)).map {
            Worker(number: $0, configuration: configuration, servers: servers)
        }
        self.workforce = Workforce(workers, limits: configuration.limits)
        self.discovery = Mutex(nil)
        if let domain = configuration.domain {
            let task = Task {
                await ServerDiscovery.keep(
                    servers,
                    in: domain,
                    besides: configuration.servers,
                    asking: configuration.nameServer,
                    every: configuration.limits.discovery
                )
            }
            self.discovery.withLock { $0 = task }
        }
    }

    /// Refuses further questions and stops looking for servers.
    package func stop() {
        self.workforce.stop()
        self.discovery.withLock { $0?.cancel() }
    }

    package func authenticate(
        name: String,
        password: Password,
        admitting admit: @escaping @Sendable (PersonID) -> Bool
    ) async -> AuthenticationOutcome {
        let begin = ContinuousClock.now
        let outcome = await self.asked(name, password, admit)
        // Every refusal takes the same time, whatever it was that made it.
        if case .refused = outcome {
            try? await Task.sleep(until: begin + self.configuration.limits.refusal, clock: .continuous)
        }
        return outcome
    }

    package func person(named name: String) async -> LookupOutcome {
        guard let name = LoginName(name) else { return .refused(.malformedName) }
        await self.discovered()
        return Self.outcome(await self.workforce.ask { worker, deadline in worker.person(named: name, by: deadline) })
    }

    package func person(_ id: PersonID) async -> LookupOutcome {
        await self.discovered()
        return Self.outcome(await self.workforce.ask { worker, deadline in worker.person(id, by: deadline) })
    }

    package func person(matching keys: [PersonKey]) async -> LookupOutcome {
        guard !keys.isEmpty else { return .refused(.unknownUser) }
        await self.discovered()
        return Self.outcome(
            await self.workforce.ask { worker, deadline in worker.person(matching: keys, by: deadline) }
        )
    }

    package func health() -> DirectoryHealth { self.servers.health() }

    /// Waits until DNS has named servers, where nothing else does; as long as the first question may wait for it, and no longer.
    func discovered() async {
        guard self.configuration.domain != nil, self.servers.all.isEmpty else { return }
        let deadline = ContinuousClock.now + self.configuration.limits.connect
        while self.servers.all.isEmpty, ContinuousClock.now < deadline, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    private func asked(
        _ name: String,
        _ password: Password,
        _ admit: @escaping @Sendable (PersonID) -> Bool
    ) async -> AuthenticationOutcome {
        switch password.flaw {
        case .blank: return .refused(.emptyPassword)
        case .containsNUL, .tooLong: return .refused(.malformedPassword)
        case nil: break
        }
        guard let name = LoginName(name), self.configuration.people.filter(for: name) != nil else {
            return .refused(.malformedName)
        }
        await self.discovered()
        let answer = await self.workforce.ask { worker, deadline in
            worker.authenticate(name, password, admitting: admit, by: deadline)
        }
        switch answer {
        case .success(let outcome): return outcome
        case .failure(let failure): return .unavailable(failure)
        }
    }

    private static func outcome(_ answer: Result<Worker.Sighting, DirectoryFailure>) -> LookupOutcome {
        switch answer {
        case .success(.found(let finding)): .found(finding.person)
        case .success(.refused(let refusal)): .refused(refusal)
        case .success(.failed(let failure)), .failure(let failure): .unavailable(failure)
        }
    }
}
