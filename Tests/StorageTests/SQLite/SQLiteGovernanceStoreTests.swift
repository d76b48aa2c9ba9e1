import Foundation
import Governance
import GovernanceConformance
import SQLiteStorage
import Testing

@Suite("Governed state in SQLite")
struct SQLiteGovernanceStoreTests {
    static func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stile-governance-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder.path)
    }

    @Test("It does what every store does", arguments: StoreFact.all)
    func facts(fact: StoreFact) async throws {
        try await Self.withFolder { folder in
            let seen = try await fact.check(try SQLiteGovernanceStore(path: folder + "/governance.sqlite"))
            #expect(seen == nil)
        }
    }

    @Test("What was kept is there again when the file is opened again, and for its owner's eyes only")
    func reopened() async throws {
        try await Self.withFolder { folder in
            let path = folder + "/governance.sqlite"
            let token = try StoreFact.token("anna", created: 100)
            _ = try await SQLiteGovernanceStore(path: path).add(token, limit: 5, now: 100)
            _ = try await SQLiteGovernanceStore(path: path).revokeToken(token.id, of: nil, .init(time: 5, by: "eva"))
            var expected = token
            expected.revocation = .init(time: 5, by: "eva")
            #expect(try await SQLiteGovernanceStore(path: path).token(token.hash) == expected)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test("A file that is no database is an error, and stays as it is")
    func notADatabase() async throws {
        try await Self.withFolder { folder in
            let path = folder + "/governance.sqlite"
            let text = String(repeating: "not a database\n", count: 100)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            #expect(throws: GovernanceFailure.self) { try SQLiteGovernanceStore(path: path) }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        }
    }
}
