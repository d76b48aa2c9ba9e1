import ArgumentParser
import Catalog
import Foundation
import PolicyDecision
import PolicyFiles

/// Which `stile.yaml`.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .customLong("configuration"), help: "The configuration file.")
    var path = "stile.yaml"

    /// Ends the command when there is no file: that is no answer about what it says.
    func requireFile() throws {
        guard FileManager.default.isReadableFile(atPath: self.path) else {
            throw Outcome.cannot("`\(self.path)` cannot be read; name the configuration with --configuration")
        }
    }

    /// Reads the file, or ends the command with every error in it.
    func read() throws -> Configuration {
        try self.requireFile()
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

    /// Ends the command when there is no folder: that is no answer about what is in it.
    func requireFolder() throws {
        guard (try? FileManager.default.contentsOfDirectory(atPath: self.policies)) != nil else {
            throw Outcome.cannot("`\(self.policies)` is no folder; name the one with the policies with --policies")
        }
    }
}
