import Foundation
import Testing

/// Which room may use which: the arrows of the house, checked on every test run.
///
/// SwiftPM lets a target import any module that happens to be built, so the manifest alone does not hold the line.
@Suite("Import rules")
struct ImportRulesTests {
    /// The rooms by level; a room imports only from levels strictly below its own.
    static let levels: [[String]] = [
        ["Cedar", "SecurityLabels", "TransparencyLog", "HTTP1", "Checksums", "Sockets"],
        ["Directory", "Catalog", "DecisionLog", "Governance"],
        [
            "PolicyDecision", "PolicyFiles", "Profiles", "OpenLDAPDirectory", "OpenSSLTrust", "PostgreSQLStorage",
            "SQLiteStorage", "GSSAPINegotiation",
        ],
        ["Review"],
        ["Gateway", "Console"],
        ["stile"],
    ]

    /// The packages, system libraries and C targets that a room may use besides.
    static let outside: [String: Set<String>] = [
        "Cedar": [],
        "SecurityLabels": [],
        "TransparencyLog": ["CFileSpace", "Crypto", "Glibc", "Synchronization"],
        "HTTP1": [],
        "Checksums": ["CChecksums"],
        "Sockets": ["CSockets", "Dispatch", "Glibc", "NIOCore", "NIOPosix", "Synchronization"],
        "Directory": ["Glibc", "Synchronization"],
        "Catalog": ["Glibc", "Synchronization"],
        "DecisionLog": ["CRecordCrypto", "Crypto", "FoundationEssentials", "Glibc", "Synchronization"],
        "Governance": ["Crypto", "Synchronization"],
        "PolicyDecision": ["Synchronization"],
        "PolicyFiles": ["Foundation", "Yams"],
        "Profiles": [],
        "OpenLDAPDirectory": ["COpenLDAP", "Dispatch", "Glibc", "Synchronization"],
        "GSSAPINegotiation": ["CGSSAPI", "Synchronization"],
        "OpenSSLTrust": ["COpenSSL", "Dispatch", "Glibc", "Synchronization"],
        "PostgreSQLStorage": ["CPostgreSQL", "Dispatch", "Glibc", "Synchronization"],
        "SQLiteStorage": ["GRDB", "GRDBSQLite", "Foundation", "Synchronization"],
        "Review": [],
        "Gateway": [
            "Crypto", "Glibc", "Logging", "NIOConcurrencyHelpers", "NIOCore", "NIOPosix", "NIOSSL", "Synchronization",
        ],
        "Console": ["Dispatch", "Foundation"],
        "stile": [
            "ArgumentParser", "Crypto", "Dispatch", "Foundation", "Glibc", "Logging", "NIOCore", "NIOPosix", "NIOSSL",
            "NIOTLS", "Synchronization",
        ],
    ]

    @Test("A room imports only what stands below it", arguments: Self.levels.joined())
    func arrows(room: String) throws {
        let level = try #require(Self.levels.firstIndex { $0.contains(room) })
        let below = Set(Self.levels[..<level].joined())
        let allowed = below.union(Self.outside[room] ?? [])
        for file in swiftFiles(in: room) {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                guard let module = importedModule(in: line) else { continue }
                #expect(allowed.contains(module), "\(file.lastPathComponent) imports \(module)")
            }
        }
    }

    @Test("Every room has a level, and none stands empty")
    func everyRoomIsListed() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: sources.path).filter { !$0.hasPrefix(".") }
        let rooms = folders.filter { !swiftFiles(in: $0).isEmpty && $0 != "cedar-conformance" }
        #expect(Set(rooms) == Set(Self.levels.joined()))
    }

    @Test("A file holds one noun: under 400 lines")
    func sizes() throws {
        for room in Self.levels.joined() {
            for file in swiftFiles(in: room) {
                let lines = try String(contentsOf: file, encoding: .utf8).split(
                    separator: "\n",
                    omittingEmptySubsequences: false
                )
                #expect(lines.count <= 400, "\(room)/\(file.lastPathComponent) has \(lines.count) lines")
            }
        }
    }

    @Test(
        "What escapes the compiler's checks says why on the line above",
        arguments: ["@unchecked Sendable", "nonisolated(unsafe)", "try!", "fatalError("]
    )
    func escapes(word: String) throws {
        for room in Self.levels.joined() {
            for file in swiftFiles(in: room) {
                let lines = try String(contentsOf: file, encoding: .utf8).split(
                    separator: "\n",
                    omittingEmptySubsequences: false
                )
                for (number, line) in lines.enumerated() where line.contains(word) && !line.isComment {
                    let above = number > 0 ? lines[number - 1] : ""
                    #expect(
                        above.isComment,
                        "\(room)/\(file.lastPathComponent):\(number + 1) has \(word) without a reason above it"
                    )
                }
            }
        }
    }

    @Test(
        "Import lines are recognised in every spelling",
        arguments: [
            ("import NIOCore", "NIOCore"),
            ("public import struct Foundation.Date", "Foundation"),
            ("    @preconcurrency import Glibc", "Glibc"),
            ("@_exported import Cedar", "Cedar"),
            ("private import Yams", "Yams"),
            ("// import Cedar", nil),
            ("let important = 1", nil),
        ] as [(Substring, String?)]
    )
    func spellings(line: Substring, module: String?) {
        #expect(importedModule(in: line) == module)
    }
}

private let sources = URL(filePath: #filePath).appending(path: "../../../Sources").standardizedFileURL

private func swiftFiles(in target: String) -> [URL] {
    let root = sources.appending(path: target)
    let everything = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.allObjects
    return (everything as? [URL] ?? []).filter { $0.pathExtension == "swift" }
}

/// The module that a line imports, or `nil` if the line is not an import.
private func importedModule(in line: Substring) -> String? {
    let words = line.split(separator: " ")
    let accessLevels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "typealias", "let", "var"]
    let rest = words.drop { $0.hasPrefix("@") || accessLevels.contains($0) }
    guard rest.first == "import" else { return nil }
    return rest.dropFirst().first { !kinds.contains($0) }?.split(separator: ".").first.map(String.init)
}

extension Substring {
    fileprivate var isComment: Bool { self.drop { $0 == " " }.hasPrefix("//") }
}
