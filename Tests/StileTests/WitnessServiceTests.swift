import DecisionLog
import Foundation
import NIOCore
import Testing
import TransparencyLog

@testable import stile

/// A witness over HTTP, with a log that grows, forks, and is put back.
@Suite("Witness over HTTP", .timeLimit(.minutes(20)))
struct WitnessServiceTests {
    /// A log in memory, of numbered entries.
    struct Log {
        let key: NoteSignerKey
        var word = "entry"

        func request(from old: Int, to size: Int) throws -> [UInt8] {
            let leaves = (0..<size).map { MerkleHash.leaf(Array("\(self.word) \($0)".utf8)) }
            let prover = Prover(size: UInt64(size)) { (tile) -> [LogHash] in
                Array(leaves[Int(tile.index) * 256..<Int(tile.index) * 256 + tile.width])
            }
            let stated = Checkpoint(
                origin: self.key.verifier.name,
                size: UInt64(size),
                root: MerkleHash.root(of: leaves[...])
            )
            let note = try stated.signed(with: [self.key])
            let proof = old == 0 ? [] : prover.consistency(from: UInt64(old)).path
            return WitnessRequest(old: UInt64(old), proof: proof, note: note).bytes
        }
    }

    static func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stile-witness-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    static func post(_ body: [UInt8], to port: Int, path: String = "/w/add-checkpoint") async throws -> HTTPCall.Answer
    {
        let url = try #require(URL(string: "http://127.0.0.1:\(port)"))
        var call = HTTPCall(method: "POST", url: url, target: path, tls: nil)
        call.body = ("text/plain", body)
        return try await call.answer(deadline: .minutes(5))
    }

    @Test("It cosigns what continues, names its size to others, refuses a fork, and remembers over a restart")
    func protocolOverSockets() async throws {
        try await Self.withFolder { folder in
            let log = Log(key: try #require(NoteSignerKey(name: "stile.plant.example")))
            var key: NoteVerifierKey?
            weak var earlier: WitnessService?
            for round in 0..<2 {
                // Connections that are ending hold on to the witness for a moment, and with it to its folder.
                while earlier != nil { try await Task.sleep(for: .milliseconds(5)) }
                let service = try WitnessService(folder: folder, name: "w.example", logs: [log.key.verifier])
                #expect(key == nil || key == service.key, "the key is made once")
                key = service.key
                earlier = service
                let channel = try await LogWitnessCommand.listen(service, address: "127.0.0.1", port: 0, tls: nil)
                let port = try #require(channel.localAddress?.port)
                if round == 0 {
                    let first = try await Self.post(try log.request(from: 0, to: 5), to: port)
                    #expect(first.status == 200)
                    var note = try WitnessRequest(try log.request(from: 0, to: 5)).note
                    for signature in try SignedNote.signatures(first.body) { note.add(signature) }
                    #expect(try note.cosignedAt(by: service.key) > 1_700_000_000)
                    #expect(try await Self.post(try log.request(from: 5, to: 9), to: port).status == 200)
                }
                let other = try await Self.post(try log.request(from: 5, to: 9), to: port)
                #expect(other.status == 409)
                #expect(String(decoding: other.body, as: UTF8.self) == "9\n")
                let forked = Log(key: log.key, word: "forged")
                #expect(try await Self.post(try forked.request(from: 9, to: 12), to: port).status == 422)
                #expect(try await Self.post(try forked.request(from: 9, to: 9), to: port).status == 409)
                let stranger = Log(key: try #require(NoteSignerKey(name: "other.example")))
                #expect(try await Self.post(try stranger.request(from: 0, to: 3), to: port).status == 404)
                #expect(try await Self.post(Array("nonsense".utf8), to: port).status == 400)
                // Far more than what fits between the two: who still sends has to be told why nevertheless.
                let tooLong = [UInt8](repeating: 65, count: 20_000_000)
                #expect(try await Self.post(tooLong, to: port).status == 413)
                #expect(try await Self.post([], to: port, path: "/elsewhere").status == 404)
                try await channel.close()
            }
        }
    }

    @Test("Of many that continue the same checkpoint at once, one is cosigned")
    func race() async throws {
        try await Self.withFolder { folder in
            let log = Log(key: try #require(NoteSignerKey(name: "stile.plant.example")))
            let service = try WitnessService(folder: folder, name: "w.example", logs: [log.key.verifier])
            #expect(service.add(try log.request(from: 0, to: 5)).status == 200)
            let requests = try (6..<26).map { try log.request(from: 5, to: $0) }
            let statuses = await withTaskGroup(of: Int.self) { group in
                for request in requests { group.addTask { service.add(request).status } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 1)
            #expect(statuses.filter { $0 == 409 }.count == 19)
        }
    }

    @Test("What it has cosigned counts only under its own signature, and a second witness is kept out")
    func tampered() async throws {
        try await Self.withFolder { folder in
            let log = Log(key: try #require(NoteSignerKey(name: "stile.plant.example")))
            let service = try WitnessService(folder: folder, name: "w.example", logs: [log.key.verifier])
            #expect(throws: LogFailure.inUse) {
                try WitnessService(folder: folder, name: "w.example", logs: [log.key.verifier])
            }
            #expect(service.add(try log.request(from: 0, to: 9)).status == 200)
            let path = folder + "/" + WitnessService.path(of: "stile.plant.example")
            let smaller = try WitnessRequest(try log.request(from: 0, to: 5)).note
            try Data(smaller.bytes).write(to: URL(filePath: path))
            #expect(service.add(try log.request(from: 5, to: 7)).status == 503)
        }
    }

    @Test(
        "Logs have files of their own, whatever they are called",
        arguments: [("a", "b"), ("a/b", "a_2fb"), ("..", "."), ("A", "a"), ("é", "e"), ("a.b", "a_b")]
    )
    func paths(one: String, other: String) {
        #expect(WitnessService.path(of: one) != WitnessService.path(of: other))
        #expect(!WitnessService.path(of: one).dropFirst("logs/".count).contains { $0 == "/" || $0 == "." })
    }
}
