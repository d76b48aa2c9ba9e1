import ArgumentParser
import Catalog
import Directory
import Foundation
import GSSAPINegotiation
import Gateway
import OpenLDAPDirectory
import OpenSSLTrust
import PolicyFiles

/// `stile check`.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Validate configuration, certificates and policies, and run the policy tests.",
        discussion: """
            Every error is shown, each with file, line, column, what was found and what was expected.

            With --online the directory and the upstreams are asked as well.

              stile check --configuration stile.yaml --online
              stile check --configuration stile.yaml --output json
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Ask the directory and the upstreams, too.")
    var online = false

    @Option(help: "table or json.")
    var output = OutputFormat.table

    func run() async throws {
        try self.options.requireFile()
        let findings = Findings()
        let configuration = ConfigurationFile.read(path: self.options.path, findings: findings)
        let haveFiles = findings.all.count
        NamedFiles.check(path: self.options.path, findings: findings)
        var document = CheckDocument()
        document.add(findings.all)
        if let configuration {
            // What is not there was said at its line.
            if findings.all.count == haveFiles { document.add(.error, self.certificates(configuration)) }
            document.add(.error, LogBeside.problems(configuration.log))
            document.add(.warning, self.warnings(configuration))
            document.add(policies: configuration.policies.folder)
            if configuration.policies.mode == .published {
                document.add(
                    note:
                        "policies: published; the folder is what a gateway begins with, `stile policy history` shows what is in force"
                )
            }
            if self.online { document.add(.error, await self.online(configuration)) }
        }
        try document.show(as: self.output)
    }

    private func certificates(_ configuration: Configuration) -> [String] {
        var problems: [String] = []
        for listener in configuration.listeners {
            guard case .tls(let files) = listener.security else { continue }
            do {
                try Gateway.check(files)
            } catch {
                problems.append(error.description)
            }
        }
        return problems + self.identities(configuration)
    }

    /// Authorities, lists of revoked certificates and keytabs that cannot be used.
    private func identities(_ configuration: Configuration) -> [String] {
        var problems: [String] = []
        do {
            if let certificates = configuration.certificates {
                let verifier = try CertificateVerifier(certificates.trust)
                if let end = verifier.listsEnd, end <= Identities.now() {
                    problems.append(
                        "client-certificates: a list under `crl` has run out, nobody gets in; fetch the authority's newest"
                    )
                }
            }
        } catch {
            problems.append("client-certificates: \(error)")
        }
        do {
            if let kerberos = configuration.kerberos {
                _ = try KerberosDesk(keytab: kerberos.keytab, replays: configuration.replaysFile)
            }
        } catch {
            problems.append("kerberos: \(error)")
        }
        do {
            if let stamps = configuration.timeStamps { _ = try TimeStampAuthority(stamps) }
        } catch {
            problems.append("time-stamp: \(error)")
        }
        return problems
    }

    /// What is allowed, but better otherwise.
    private func warnings(_ configuration: Configuration) -> [String] {
        configuration.services.flatMap { service in
            var warnings: [String] = []
            if service.mount != "/" {
                warnings.append(
                    "service `\(service.name)` is mounted at `\(service.mount)` on a shared host; pages of two services "
                        + "under one origin can act for each other, give it a host name of its own"
                )
            }
            if case .host = service.upstream.address, service.upstream.security == .none {
                warnings.append(
                    "service `\(service.name)` is reached over plain HTTP; whoever reaches it too goes around Stile, "
                        + "let it listen on a Unix socket or accept Stile's certificate alone"
                )
            }
            return warnings
        }
    }

    private func online(_ configuration: Configuration) async -> [String] {
        let directory: OpenLDAPDirectory
        do {
            directory = try OpenLDAPDirectory(configuration.directory)
        } catch {
            return ["directory: \(error)"]
        }
        defer { directory.stop() }
        return await directory.check().filter { $0.severity != .fine }.map(\.description)
    }
}
