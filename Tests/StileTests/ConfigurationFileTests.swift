import Catalog
import DecisionLog
import Foundation
import Gateway
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
        ]
    )
    func broken(what: String, by replacement: String, place: String) {
        let (configuration, findings) = Self.read(Self.good.replacing(what, with: replacement))
        #expect(configuration == nil)
        #expect(findings.first?.hasPrefix(place) == true, "\(findings)")
    }
}
