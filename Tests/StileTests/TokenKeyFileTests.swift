import Foundation
import Governance
import Testing

@testable import stile

@Suite("The key of the access tokens")
struct TokenKeyFileTests {
    static func withPath(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stile-key-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path + "/tokens.key")
    }

    @Test("It is made once, for its owner's eyes only, and read from then on")
    func made() throws {
        try Self.withPath { path in
            _ = try TokenKeyFile.key(at: path)
            let made = FileManager.default.contents(atPath: path)
            #expect(made?.count == TokenKey.length)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            _ = try TokenKeyFile.key(at: path)
            #expect(FileManager.default.contents(atPath: path) == made)
        }
    }

    @Test("A key that is cut short is an error, and is not replaced", arguments: [0, 1, 31, 33])
    func cutShort(length: Int) throws {
        try Self.withPath { path in
            try Data(repeating: 1, count: length).write(to: URL(filePath: path))
            #expect(throws: TokenKeyFile.Failure.self) { try TokenKeyFile.key(at: path) }
            #expect(FileManager.default.contents(atPath: path)?.count == length)
        }
    }
}
