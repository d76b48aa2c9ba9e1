import DecisionLog
import Directory
import Foundation
import GSSAPINegotiation
import Gateway
import Governance
import Logging
import OpenSSLTrust
import TransparencyLog

/// What proves who people are besides passwords, and what tells services who they are: put together from the configuration.
struct Identities: Sendable {
    /// What checks the credentials.
    let methods: SignInMethods
    /// What signs who somebody is; `nil` when no service asks for it.
    let assertions: AssertionDesk?
    private let verifier: CertificateVerifier?
    private let keys: AssertionKeyFolder
    private let folder: String

    /// Reads the files.
    ///
    /// - Throws: ``Assembly/Failure``.
    init(
        _ configuration: Configuration,
        directory: any DirectoryClient,
        tokens: TokenDesk
    ) throws(Assembly.Failure) {
        var methods = SignInMethods(tokens: tokens)
        self.folder = configuration.assertionFolder
        self.keys = AssertionKeyFolder(FolderStore(root: configuration.assertionFolder))
        do {
            self.verifier = try configuration.certificates.map { try CertificateVerifier($0.trust) }
            if let verifier = self.verifier, let certificates = configuration.certificates {
                methods.certificates = CertificateDesk(verifier, directory, rules: certificates.rules, now: Self.now)
            }
            if let kerberos = configuration.kerberos {
                let desk = try KerberosDesk(keytab: kerberos.keytab, replays: configuration.replaysFile)
                methods.negotiation = KerberosSignIn(desk, directory, realms: kerberos.realms, rules: kerberos.rules)
            }
            if configuration.services.contains(where: { $0.assertion != nil }) {
                // The first key is made when it is first needed.
                let ring = try self.keys.read() ?? self.keys.rotate(at: Self.now())
                self.assertions = AssertionDesk(issuer: configuration.gateway, ring: ring, now: Self.now)
            } else {
                self.assertions = nil
            }
        } catch {
            throw Assembly.Failure(description: "\(error)")
        }
        self.methods = methods
    }

    /// The present moment in seconds since 1970.
    static let now: @Sendable () -> Int64 = { Timestamp.now().seconds }

    /// What operators see.
    var metrics: [OperatorMetric] {
        guard let end = self.verifier?.listsEnd else { return [] }
        return [
            OperatorMetric(
                "revocation_lists_end_seconds",
                "When the first revocation list runs out, in seconds since 1970; nobody gets in by certificate after that.",
                UInt64(clamping: end),
                isCounter: false
            )
        ]
    }

    /// A value that changes when one of the files does.
    func fingerprint() -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: self.folder)) ?? []
        return FileWatch.fingerprint(of: (self.verifier?.files ?? []) + names.sorted().map { "\(self.folder)/\($0)" })
    }

    /// Takes up files that have changed; one that cannot be used changes nothing.
    ///
    /// - Parameters:
    ///   - gateway: Where everybody is looked at again, since somebody's certificate may be revoked now.
    ///   - logger: Where it is said.
    func renew(_ gateway: Gateway, logger: Logger) {
        do {
            if let verifier = self.verifier {
                try verifier.reload()
                Task { await gateway.forget(nil) }
                logger.notice("authorities and revocation lists taken up")
            }
        } catch {
            logger.error("authorities or revocation lists refused; those in force stay: \(error)")
        }
        do {
            if let assertions = self.assertions, let ring = try self.keys.read() {
                assertions.replace(ring)
                logger.notice("assertion keys taken up", metadata: ["keys": "\(ring.keys.count)"])
            }
        } catch {
            logger.error("assertion keys refused; those in force stay: \(error)")
        }
    }
}
