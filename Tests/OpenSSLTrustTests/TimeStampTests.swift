import Foundation
import Glibc
import OpenSSLTrust
import Programs
import Testing

@Suite(
    "Time stamps",
    .enabled(if: TestAuthority.missing == nil, "\(TestAuthority.missing ?? "")"),
    .enabled(if: Programs.find("python3") != nil, "python3 is not installed"),
    .withAuthority
)
struct TimeStampTests {
    private static let bytes = Array("stile.plant.example\n7\nroot\n".utf8)

    private func withStamper<Value>(_ body: (TestAuthority, String) async throws -> Value) async throws -> Value {
        let authority = try #require(TestAuthority.current)
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Support/stamper").path
        let log = authority.file("stamper-\(UInt32.random(in: .min ... .max)).log")
        let process = try Programs.start(script, [authority.folder], log: log)
        defer { process.stop() }
        try Programs.wait(for: "\n", in: log, of: process)
        let port = try String(contentsOfFile: log, encoding: .utf8).split(separator: " ")[1].dropLast()
        return try await body(authority, "http://127.0.0.1:\(port)")
    }

    private func client(
        _ address: String,
        _ authority: TestAuthority,
        root: String = "ca.pem"
    ) throws -> TimeStampAuthority {
        var trust = TimeStampTrust(address: address, authorities: [authority.file(root)])
        // No test is about how fast a stamp is made.
        trust.seconds = 600
        return try TimeStampAuthority(trust)
    }

    @Test("A stamp says when, holds for these bytes only, and OpenSSL's own command agrees")
    func stamp() async throws {
        try await self.withStamper { authority, address in
            let client = try self.client(address + "/", authority)
            let now = Int64(time(nil))
            let stamp = try await client.stamp(Self.bytes, at: now).get()
            #expect((now...Int64(time(nil))).contains(stamp.time))
            #expect(try client.verify(stamp.response, of: Self.bytes) == stamp)
            #expect(throws: TimeStampFailure.otherBytes) { try client.verify(stamp.response, of: Self.bytes + [0x0A]) }
            try Data(Self.bytes).write(to: URL(filePath: authority.file("stamped")))
            try Data(stamp.response).write(to: URL(filePath: authority.file("stamped.tsr")))
            let said = try Programs.run(
                try #require(Programs.find("openssl")),
                ["ts", "-verify", "-data", "stamped", "-in", "stamped.tsr", "-CAfile", "ca.pem"],
                in: authority.folder
            )
            #expect(said.contains("Verification: OK"))
        }
    }

    @Test("Every octet of a stamp counts, or changes nothing of what it says")
    func flipped() async throws {
        try await self.withStamper { authority, address in
            let client = try self.client(address + "/", authority)
            let stamp = try await client.stamp(Self.bytes, at: Int64(time(nil))).get()
            var changed = stamp.response
            for index in changed.indices {
                changed[index] ^= 0x01
                // What is not signed (the status, certificates that nobody needs) may differ; the moment may not.
                if let other = try? client.verify(changed, of: Self.bytes) {
                    #expect(other.time == stamp.time && other.serial == stamp.serial, "octet \(index)")
                }
                changed[index] ^= 0x01
            }
        }
    }

    @Test(
        "What is no stamp for us",
        arguments: [
            ("an authority that fails", "/broken", "ca.pem", "unreachable"),
            ("something else", "/nonsense", "ca.pem", "malformed"),
            ("far too much", "/long", "ca.pem", "unreachable"),
            ("a stamp given before", "/again", "ca.pem", "otherBytes"),
            ("another root", "/", "other.pem", "untrusted"),
        ]
    )
    func refused(row: (fact: String, path: String, root: String, expected: String)) async throws {
        try await self.withStamper { authority, address in
            let client = try self.client(address + row.path, authority, root: row.root)
            if row.path == "/again" { _ = await client.stamp([1], at: Int64(time(nil))) }
            switch await client.stamp(Self.bytes, at: Int64(time(nil))) {
            case .success: Issue.record("\(row.fact): stamped")
            case .failure(let failure): #expect("\(failure)".isEmpty == false && Self.name(of: failure) == row.expected)
            }
        }
    }

    private static func name(of failure: TimeStampFailure) -> String {
        switch failure {
        case .unreachable: "unreachable"
        case .refused: "refused"
        case .malformed: "malformed"
        case .otherBytes: "otherBytes"
        case .untrusted: "untrusted"
        case .otherTime: "otherTime"
        case .trust: "trust"
        case .busy: "busy"
        }
    }

    @Test("A clock that is wrong is noticed")
    func clock() async throws {
        try await self.withStamper { authority, address in
            let client = try self.client(address + "/", authority)
            let outcome = await client.stamp(Self.bytes, at: Int64(time(nil)) - 7_200)
            guard case .failure(.otherTime(let seconds)) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(seconds >= 7_200)
        }
    }

    @Test(
        "Addresses that are asked",
        arguments: [
            ("http://tsa.plant.example", true), ("http://127.0.0.1:80/tsa?x=1", true),
            ("https://tsa.plant.example", false),
            ("tsa.plant.example", false), ("file:///etc/passwd", false), ("http://", false),
            ("http://a b/", false), ("http://a\r\nX: y/", false), ("", false),
        ]
    )
    func addresses(address: String, isOne: Bool) {
        #expect(TimeStampAuthority.isAddress(address) == isOne)
    }
}
