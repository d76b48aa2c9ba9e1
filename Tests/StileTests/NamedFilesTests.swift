import Catalog
import Foundation
import PolicyFiles
import Testing

@testable import stile

@Suite("Files that the configuration names")
struct NamedFilesTests {
    @Test("Each that is not there is found at its line, with what was expected")
    func missing() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stile-files-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data().write(to: folder.appending(path: "there.pem"))
        let path = folder.appending(path: "stile.yaml").path
        let text = """
            listeners:
              - { port: 1, certificate: there.pem, key: gone.key }
            directory:
              ca: .
              service: { password-file: /nowhere/at/all }
            services:
              ca: { profile: mlflow, ca: there.pem }
            """
        try Data(text.utf8).write(to: URL(filePath: path))
        let findings = Findings()
        NamedFiles.check(path: path, findings: findings)
        #expect(
            findings.all.map { "\($0)".replacingOccurrences(of: folder.path + "/", with: "") } == [
                "stile.yaml:2:45: error: found no file `gone.key` under `key`, expected a PEM file "
                    + "(`certs/make` makes one for development)",
                "stile.yaml:4:7: error: found the folder `.` under `ca`, expected a PEM file with the authority's certificate",
                "stile.yaml:5:29: error: found no file `/nowhere/at/all` under `password-file`, "
                    + "expected a file with the password on its first line",
            ]
        )
    }

    @Test(
        "A mount prefix has one form",
        arguments: [
            ("/", true), ("/mlflow", true), ("/a/b", true), ("mlflow", false), ("/mlflow/", false), ("/a//b", false),
        ]
    )
    func mounts(mount: String, isTaken: Bool) {
        let text = ConfigurationFileTests.good
            .replacingOccurrences(of: "hosts: [mlflow", with: "mount: \(mount), hosts: [mlflow")
        let (configuration, findings) = ConfigurationFileTests.read(text)
        #expect((configuration != nil) == isTaken)
        #expect(isTaken || findings.contains { $0.contains("found `\(mount)` under `mount`, expected `/` or a path") })
    }
}
