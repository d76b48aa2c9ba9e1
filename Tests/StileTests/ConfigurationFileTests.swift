import Catalog
import DecisionLog
import Foundation
import Gateway
import Governance
import OpenSSLTrust
import PolicyFiles
import Testing

@testable import stile

@Suite("stile.yaml")
struct ConfigurationFileTests {
    static let good = """
        gateway: plant
        state: state
        policies: { folder: policies }
        listeners:
          - { address: 0.0.0.0, port: 8443, certificate: c.pem, key: c.key }
          - { port: 8080, insecure-basic: true }
        console: { hosts: [console.example] }
        directory:
          servers: ["ldaps://ldap.example:636"]
          ca: ca.pem
          base: dc=plant,dc=example
          service: { dn: "cn=stile,dc=plant,dc=example", password-file: secret }
        services:
          mlflow: { profile: mlflow, hosts: [mlflow.example], upstream: "unix:/run/mlflow" }
        """

    static func read(_ text: String) -> (Configuration?, [String]) {
        let findings = Findings()
        let configuration = ConfigurationFile.read(text, file: "stile.yaml", folder: "/etc/stile", findings: findings)
        return (configuration, findings.all.map(\.description))
    }

    @Test("A good one is read, relative paths from its own folder")
    func good() throws {
        let (configuration, findings) = Self.read(Self.good)
        #expect(findings == [])
        let read = try #require(configuration)
        #expect(read.state == "/etc/stile/state")
        #expect(read.policies.folder == "/etc/stile/policies")
        #expect(read.listeners.count == 2)
        #expect(read.services.first?.upstream.address == .socket(path: "/run/mlflow"))
        #expect(read.management.address == "127.0.0.1")
        #expect(read.journal.durability == .commit)
    }

    /// What the good one says about certificates, tickets, assertions and time stamps, too.
    static let identified =
        good.replacing("key: c.key }", with: "key: c.key, client-certificates: require }")
        .replacing(
            "hosts: [mlflow.example], ",
            with: "hosts: [mlflow.example], assertion: { lifetime: 2m, clearance: true }, "
        )
            + """

            client-certificates:
              ca: [people.pem, more.pem]
              crl: people.crl
              ocsp: require
              ocsp-responder: http://ocsp.example/
              map: ["mail={mail}", "dn={subject}"]
            kerberos: { keytab: http.keytab, realms: [PLANT.EXAMPLE], map: ["uid={name}"] }
            log: { time-stamp: { authority: "http://tsa.example/", ca: tsa.pem } }
            """

    @Test("Certificates, tickets, assertions and time stamps are read, relative paths from the file's folder")
    func identities() throws {
        let (configuration, findings) = Self.read(Self.identified)
        #expect(findings == [])
        let read = try #require(configuration)
        let authorities = ["/etc/stile/people.pem", "/etc/stile/more.pem"]
        #expect(read.listeners[0].clientCertificates == .require(authorities: authorities))
        #expect(read.listeners[1].clientCertificates == .none)
        let certificates = try #require(read.certificates)
        #expect(certificates.trust.authorities == authorities)
        #expect(certificates.trust.revocationLists == ["/etc/stile/people.crl"])
        #expect(certificates.trust.onlineStatus == .require)
        #expect(certificates.trust.responder == "http://ocsp.example/")
        #expect(certificates.rules.map(\.source) == ["mail", "subject"])
        let kerberos = try #require(read.kerberos)
        #expect(kerberos.keytab == "/etc/stile/http.keytab")
        #expect(kerberos.realms == ["PLANT.EXAMPLE"])
        #expect(kerberos.rules.map(\.source) == ["name"])
        let assertion = try #require(read.services.first?.assertion)
        #expect(assertion.audience == "mlflow")
        #expect(assertion.seconds == 120)
        #expect(assertion.tellsClearance)
        #expect(read.timeStamps?.address == "http://tsa.example/")
        #expect(read.timeStamps?.authorities == ["/etc/stile/tsa.pem"])
        let plain = try #require(Self.read(Self.good).0)
        #expect(plain.certificates == nil && plain.kerberos == nil && plain.timeStamps == nil)
        #expect(plain.services.first?.assertion == nil)
    }

    @Test(
        "What is wrong about certificates, tickets, assertions and time stamps is named at its place",
        arguments: [
            ("client-certificates: require", "client-certificates: yes", "stile.yaml:5:"),
            (
                "port: 8080, insecure-basic: true", "port: 8080, insecure-basic: true, client-certificates: request",
                "stile.yaml:6:"
            ),
            ("client-certificates:\n", "client-certificate:\n", "stile.yaml:5:"),
            ("  ocsp: require", "  ocsp: always", "stile.yaml:18:"),
            ("http://ocsp.example/", "https://ocsp.example/", "stile.yaml:19:"),
            ("mail={mail}", "mail={email}", "stile.yaml:20:"),
            ("  ca: [people.pem, more.pem]\n", "", "stile.yaml:"),
            ("realms: [PLANT.EXAMPLE], ", "", "stile.yaml:21:"),
            ("uid={name}", "uid=name", "stile.yaml:21:"),
            ("lifetime: 2m", "lifetime: 2h", "stile.yaml:14:"),
            ("http://tsa.example/", "ldap://tsa.example/", "stile.yaml:22:"),
        ]
    )
    func brokenIdentities(what: String, by replacement: String, place: String) {
        let (configuration, findings) = Self.read(Self.identified.replacing(what, with: replacement))
        #expect(configuration == nil)
        #expect(findings.first?.hasPrefix(place) == true, "\(findings)")
    }

    @Test(
        "What makes no sense of a directory or of signing in is named where it stands",
        arguments: [
            ("limits: { connect: 0s }", "13:22", "found no time at all under `connect`, expected some, such as `2s`"),
            ("limits: { probe: 0ms }", "13:20", "found no time at all under `probe`, expected some, such as `2s`"),
            (
                "people: { attributes: [userPassword] }", "9:3",
                "found what could never be asked: `userpassword` holds passwords and is never read, remove it"
            ),
        ]
    )
    func brokenDirectories(line: String, place: String, message: String) {
        let service = "  service: { dn: \"cn=stile,dc=plant,dc=example\", password-file: secret }\n"
        let (configuration, findings) = Self.read(Self.good.replacing(service, with: service + "  \(line)\n"))
        #expect(configuration == nil)
        #expect(findings == ["stile.yaml:\(place): error: \(message)"])
    }

    @Test(
        "A window, a rest or a life of no length is refused",
        arguments: ["window", "session-idle", "session-lifetime"]
    )
    func noTime(key: String) {
        let (configuration, findings) = Self.read(Self.good + "\n\nsign-in:\n  \(key): 0s\n")
        #expect(configuration == nil)
        #expect(findings.first?.contains("found no time at all under `\(key)`") == true, "\(findings)")
    }

    @Test("How people sign in is read, and what is not said keeps its default")
    func signIn() throws {
        #expect(try #require(Self.read(Self.good).0).signIn.sessions == SessionLimits())
        let section = """

            sign-in:
              page: false
              session-idle: 5m
              session-lifetime: 8h
              sessions-per-person: 3
              token-days: 30
              tokens-per-person: 5
              per-account: 2
            """
        let (configuration, findings) = Self.read(Self.good + section)
        #expect(findings == [])
        let read = try #require(configuration).signIn
        #expect(!read.sessions.hasPage)
        #expect((read.sessions.idle, read.sessions.lifetime) == (.seconds(300), .seconds(28_800)))
        #expect((read.sessions.perPerson, read.guesses.perAccount) == (3, 2))
        #expect((read.tokens.maximumDays, read.tokens.perPerson) == (30, 5))
    }

    @Test("The demo's and the tests' own is good")
    func demo() throws {
        let file = URL(filePath: #filePath).appending(path: "../../../deploy/demo.yaml").standardizedFileURL
        let text = try String(contentsOf: file, encoding: .utf8)
            .replacing("@PORT@", with: "8443").replacing("@MANAGEMENT@", with: "9443").replacing("@LDAPS@", with: "636")
            .replacing("@FOLDER@", with: "/run/demo").replacing("@ROOT@", with: "/src")
        #expect(Self.read(text).1 == [])
    }

    @Test(
        "What is wrong is named at its place",
        arguments: [
            ("port: 8443", "port: 84430", "stile.yaml:5:31"),
            ("certificate: c.pem, ", "", "stile.yaml:5:5"),
            ("{ port: 8080,", "{ address: 10.0.0.1, port: 8080,", "stile.yaml:6:5"),
            ("hosts: [console.example]", "host: console.example", "stile.yaml:7:"),
            ("ldaps://ldap.example:636", "ldap.example", "stile.yaml:9:"),
            ("  ca: ca.pem\n", "", "stile.yaml:9:3"),
            ("profile: mlflow", "profile: mlfow", "stile.yaml:14:"),
            ("unix:/run/mlflow", "ftp://mlflow", "stile.yaml:14:"),
            ("unix:/run/mlflow", "http://user@mlflow", "stile.yaml:14:"),
            ("mlflow: {", "console: {", "stile.yaml:14:3"),
            ("gateway: plant", "gateway: 'the plant'", "stile.yaml:1:1"),
            ("gateway: plant", "gatway: plant", "stile.yaml:1:1"),
            ("gateway: plant", "sign-in: { session-idle: 20h }", "stile.yaml:1:"),
            ("gateway: plant", "sign-in: { token-days: 0 }", "stile.yaml:1:"),
            ("gateway: plant", "sign-in: { pages: true }", "stile.yaml:1:"),
            ("gateway: plant", "sign-in: { page: maybe }", "stile.yaml:1:"),
        ]
    )
    func broken(what: String, by replacement: String, place: String) {
        let (configuration, findings) = Self.read(Self.good.replacing(what, with: replacement))
        #expect(configuration == nil)
        #expect(findings.first?.hasPrefix(place) == true, "\(findings)")
    }
}
