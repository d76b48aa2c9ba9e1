import Catalog
import DecisionLog
import Directory
import Foundation
import Gateway
import NIOCore
import NIOPosix
import NIOSSL
import Programs
import Testing

@Suite("TLS and Unix sockets")
struct TransportTests {
    static let hasOpenSSL = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

    @Test("Passwords travel over TLS, or nowhere but on this machine")
    func insecureListener() async throws {
        let open: TestHouse.Change = { configuration, _ in
            configuration.listeners = [ListenerConfiguration(address: "0.0.0.0", port: 0, security: .insecureBasic)]
        }
        await #expect(throws: GatewayError.insecureListener(address: "0.0.0.0")) {
            try await TestHouse.open(open) { _ in }
        }
    }

    @Test("A port that another gateway listens on is refused, and the other one goes on")
    func sharedPort() async throws {
        try await TestHouse.open { house in
            let taken = GatewayConfiguration(
                name: "second",
                listeners: [ListenerConfiguration(port: house.port, security: .insecureBasic)],
                services: [
                    ServiceConfiguration(
                        name: "things",
                        hosts: ["127.0.0.1"],
                        backend: .upstream(
                            UpstreamConfiguration(address: .host("127.0.0.1", port: house.upstream.port)),
                            ThingsProfile()
                        )
                    )
                ],
                eventLoops: 1
            )
            let dependencies = GatewayDependencies(
                directory: house.directory,
                log: house.log,
                bindings: try ResourceBindings(path: house.folder.appending(path: "second").path)
            )
            do {
                let second = try await Gateway.start(taken, dependencies, policies: try TestHouse.policies("r1"))
                await second.shutdown(grace: .zero)
                Issue.record("two gateways listen on one port")
            } catch let error as GatewayError {
                guard case .bind(let address, let port, _) = error else { throw error }
                #expect(address == "127.0.0.1" && port == house.port)
            }
            let client = try await house.client()
            #expect(try await client.ask("GET /things/open").status == 200)
        }
    }

    @Test("What is asked of a gateway that has ended is answered: nobody who watches for changes waits for ever")
    func ended() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            #expect(try await client.ask("GET /things/open").status == 200)
            await house.gateway.shutdown(grace: .milliseconds(50))
            await house.gateway.forget(nil as PersonID?)
            await house.gateway.replaceGrants(.none)
            #expect(await house.gateway.counters().connectionsAccepted == 0)
            await house.gateway.shutdown(grace: .zero)
        }
    }

    @Test(
        "A renewed certificate serves the next connection, a broken one changes nothing",
        .enabled(if: hasOpenSSL, "no openssl here")
    )
    func reload() async throws {
        let certificate = try TestCertificate("one")
        defer { certificate.remove() }
        let overTLS: TestHouse.Change = { configuration, _ in
            configuration.listeners = [ListenerConfiguration(port: 0, security: .tls(certificate.files))]
        }
        try await TestHouse.open(overTLS) { house in
            let first = try await TLSClient.connect(house.port, trusting: certificate)
            #expect(try await first.status("/things/open") == 200)
            try Data("nonsense".utf8).write(to: URL(filePath: certificate.files.chain))
            #expect(throws: GatewayError.self) { try house.gateway.reloadCertificates() }
            let before = try Data(contentsOf: URL(filePath: certificate.files.key))
            let renewed = try TestCertificate("two", in: certificate.folder)
            #expect(try Data(contentsOf: URL(filePath: renewed.files.key)) != before)
            try house.gateway.reloadCertificates()
            let second = try await TLSClient.connect(house.port, trusting: renewed)
            #expect(try await second.status("/things/open") == 200)
            // The connection from before goes on.
            #expect(try await first.status("/things/open") == 200)
            #expect(throws: Never.self) { try Gateway.check(renewed.files) }
        }
    }

    @Test("A certificate in a PKCS#12 file, with the right password only", .enabled(if: hasOpenSSL, "no openssl here"))
    func bundle() async throws {
        let certificate = try TestCertificate("bundle")
        defer { certificate.remove() }
        let bundle = certificate.folder.appending(path: "stile.p12").path
        let password = certificate.folder.appending(path: "password").path
        try Programs.run(
            "/usr/bin/openssl",
            [
                "pkcs12", "-export", "-in", certificate.files.chain, "-inkey", certificate.files.key, "-out", bundle,
                "-passout", "pass:right",
            ]
        )
        try Data("wrong\n".utf8).write(to: URL(filePath: password))
        let files = CertificateFiles(bundle: bundle, passwordFile: password)
        let reason = "it is no PKCS#12 file, or its password is another one"
        #expect(throws: GatewayError.certificate(file: bundle, reason: reason)) { try Gateway.check(files) }
        try Data("right\n".utf8).write(to: URL(filePath: password))
        #expect(throws: Never.self) { try Gateway.check(files) }
        let change: TestHouse.Change = { configuration, _ in
            configuration.listeners = [ListenerConfiguration(port: 0, security: .tls(files))]
        }
        try await TestHouse.open(change) { house in
            let client = try await TLSClient.connect(house.port, trusting: certificate)
            #expect(try await client.status("/things/open") == 200)
        }
    }

    @Test("An upstream behind a Unix socket")
    func unixSocket() async throws {
        try await TestUpstream.withUnixSocket { _, path in
            let change: TestHouse.Change = { _, configuration in
                configuration = UpstreamConfiguration(address: .socket(path: path))
            }
            try await TestHouse.open(change) { house in
                let client = try await house.client()
                let answer = try await client.ask("GET /things/open/echo")
                #expect(answer.text.contains("host: localhost\r\n"))
            }
        }
    }

    @Test(
        "An upstream's certificate is verified",
        .enabled(if: hasOpenSSL, "no openssl here"),
        arguments: [true, false]
    )
    func upstreamTLS(isTrusted: Bool) async throws {
        let certificate = try TestCertificate("upstream")
        defer { certificate.remove() }
        let other = try TestCertificate("other")
        defer { other.remove() }
        let upstream = try await TestUpstream.start(certificate: certificate.files)
        let port = upstream.port
        let change: TestHouse.Change = { _, configuration in
            configuration.address = .host("127.0.0.1", port: port)
            configuration.security = .tls(
                authorities: (isTrusted ? certificate : other).files.chain,
                name: "localhost"
            )
        }
        try await TestHouse.open(change) { house in
            let client = try await house.client()
            #expect(try await client.ask("GET /things/open/echo").status == (isTrusted ? 200 : 502))
            #expect(upstream.heads.count == (isTrusted ? 1 : 0))
        }
        await upstream.stop()
    }
}

/// A certificate for localhost that was made a moment ago.
struct TestCertificate {
    let folder: URL
    let files: CertificateFiles

    init(_ name: String, in folder: URL? = nil) throws {
        let folder = folder ?? FileManager.default.temporaryDirectory.appending(path: "stile-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        self.files = CertificateFiles(
            chain: folder.appending(path: "chain.pem").path,
            key: folder.appending(path: "key.pem").path
        )
        try Programs.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=\(name)",
                "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self.files.key, "-out",
                self.files.chain,
            ]
        )
    }

    func remove() { try? FileManager.default.removeItem(at: self.folder) }
}

/// A client over TLS: one request at a time, the status of each answer.
final class TLSClient: Sendable {
    private let wire: WireClient

    private init(_ wire: WireClient) { self.wire = wire }

    static func connect(_ port: Int, trusting certificate: TestCertificate) async throws -> TLSClient {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(certificate.files.chain)
        let context = try NIOSSLContext(configuration: configuration)
        return TLSClient(try await WireClient.connect(port, over: context))
    }

    func status(_ path: String) async throws -> Int { try await self.wire.ask("GET \(path)").status }
}
