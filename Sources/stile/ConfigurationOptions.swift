import ArgumentParser
import Catalog
import PolicyDecision
import PolicyFiles

/// Which `stile.yaml`.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .customLong("configuration"), help: "The configuration file.")
    var path = "stile.yaml"

    /// Reads the file, or ends the command with every error in it.
    func read() throws -> Configuration {
        let findings = Findings()
        guard let configuration = ConfigurationFile.read(path: self.path, findings: findings) else {
            throw Outcome.no(PolicyDiagnostics(findings.all).description)
        }
        return configuration
    }
}

/// Which `policies/`.
struct PolicyOptions: ParsableArguments {
    @Option(help: "The folder with the policies.")
    var policies = "policies"

    /// Reads the policies and takes them into force, or ends the command with every error in them.
    func read() throws -> PolicyInForce {
        switch PolicyRevision.read(self.policies) {
        case .success(let policies): return policies
        case .failure(let diagnostics): throw Outcome.no(diagnostics.description)
        }
    }
}
