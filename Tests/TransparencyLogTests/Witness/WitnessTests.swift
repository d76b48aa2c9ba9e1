import Testing

@testable import TransparencyLog

@Suite("Witness")
struct WitnessTests {
    /// A log of numbered entries, at any size, true or forked at an entry.
    struct SmallLog {
        let key: NoteSignerKey
        var fork = Int.max

        func leaves(_ size: Int) -> [LogHash] {
            (0..<size).map { MerkleHash.leaf(Array("entry \($0)\($0 >= self.fork ? " forged" : "")".utf8)) }
        }

        func checkpoint(_ size: Int) -> Checkpoint {
            Checkpoint(
                origin: self.key.verifier.name,
                size: UInt64(size),
                root: MerkleHash.root(of: self.leaves(size)[...])
            )
        }

        func request(from old: Int, to size: Int, proofFrom: Int? = nil) throws -> WitnessRequest {
            let leaves = self.leaves(size)
            let prover = Prover(size: UInt64(size)) { (tile) -> [LogHash] in
                Array(leaves[Int(tile.index) * 256..<Int(tile.index) * 256 + tile.width])
            }
            return WitnessRequest(
                old: UInt64(old),
                proof: prover.consistency(from: UInt64(proofFrom ?? old)).path,
                note: try self.checkpoint(size).signed(with: [self.key])
            )
        }
    }

    static func log(fork: Int = .max, _ name: String = "stile.plant.example") throws -> SmallLog {
        SmallLog(key: try #require(NoteSignerKey(name: name)), fork: fork)
    }

    @Test("Every consistent step is good, from nothing on")
    func good() throws {
        let log = try Self.log()
        let witness = Witness(logs: [log.key.verifier])
        for old in 0...20 {
            for size in old...20 where size > 0 {
                let judged = witness.judge(try log.request(from: old, to: size).bytes) { _ in
                    old == 0 ? nil : log.checkpoint(old)
                }
                #expect(judged == .good(log.checkpoint(size)), "\(old) to \(size)")
            }
        }
    }

    @Test("A fork is never cosigned, whatever proof it brings")
    func forks() throws {
        let log = try Self.log()
        let witness = Witness(logs: [log.key.verifier])
        for fork in 0..<8 {
            let forked = SmallLog(key: log.key, fork: fork)
            for size in 8...12 {
                let judged = witness.judge(try forked.request(from: 8, to: size).bytes) { _ in log.checkpoint(8) }
                #expect(judged == (size == 8 ? .otherRoot(size: 8) : .inconsistent), "forked at \(fork), size \(size)")
            }
        }
    }

    @Test("What is wrong with a request is said by its status")
    func refusals() throws {
        let log = try Self.log()
        let other = try Self.log("other.example")
        let stranger = try Self.log()
        let witness = Witness(logs: [log.key.verifier])
        let cases: [(name: String, body: [UInt8], status: Int)] = [
            ("another size was seen", try log.request(from: 4, to: 9).bytes, 409),
            ("never mind that it was never cosigned", try log.request(from: 0, to: 9).bytes, 409),
            ("a proof from another size", try log.request(from: 6, to: 9, proofFrom: 5).bytes, 422),
            ("a log nobody knows", try other.request(from: 6, to: 9).bytes, 404),
            ("the name of a log under another key", try stranger.request(from: 6, to: 9).bytes, 403),
            (
                "backwards",
                WitnessRequest(old: 10, proof: [], note: try log.checkpoint(9).signed(with: [log.key])).bytes, 400
            ),
            ("nothing", [], 400),
            (
                "no proof",
                WitnessRequest(old: 6, proof: [], note: try log.checkpoint(9).signed(with: [log.key])).bytes, 422
            ),
        ]
        for (name, body, status) in cases {
            #expect(witness.judge(body) { _ in log.checkpoint(6) }.status == status, "\(name)")
        }
        #expect(witness.judge(cases[0].body) { _ in log.checkpoint(6) } == .otherSize(6))
    }

    @Test(
        "A request that is not spelt as it must be is refused",
        arguments: [
            ("old 06", "old 6"), ("old 6 ", "old 6"), ("Old 6", "old 6"), ("old -6", "old 6"), ("old 6\r", "old 6"),
            ("old 99999999999999999999", "old 6"), ("old 6\n!", "old 6"),
        ]
    )
    func spellings(wrong: String, right: String) throws {
        let log = try Self.log()
        let text = String(decoding: try log.request(from: 6, to: 9).bytes, as: UTF8.self)
        let changed = text.replacing(right + "\n", with: wrong + "\n", maxReplacements: 1)
        #expect(throws: NoteError.self) { try WitnessRequest(Array(changed.utf8)) }
    }

    @Test("A request reads as it was written, up to 63 nodes")
    func roundTrip() throws {
        let log = try Self.log()
        for count in [0, 1, 63] {
            let request = WitnessRequest(
                old: 5,
                proof: Array(repeating: MerkleHash.leaf([1]), count: count),
                note: try log.checkpoint(9).signed(with: [log.key])
            )
            #expect(try WitnessRequest(request.bytes) == request)
        }
        let long = WitnessRequest(
            old: 5,
            proof: Array(repeating: MerkleHash.leaf([1]), count: 64),
            note: try log.checkpoint(9).signed(with: [log.key])
        )
        #expect(throws: NoteError.self) { try WitnessRequest(long.bytes) }
    }

    @Test("A cosignature holds for its text, its moment and its key alone")
    func cosignatures() throws {
        let log = try Self.log()
        let witness = try #require(NoteSignerKey(name: "witness.example/w1", kind: .cosigner))
        let key = witness.verifier
        #expect(NoteVerifierKey(key.description) == key)
        #expect(NoteSignerKey(secretText: witness.secretText)?.verifier == key)
        var note = try log.checkpoint(9).signed(with: [log.key])
        try note.cosign(with: witness, at: 1_679_315_147)
        #expect(try note.cosignedAt(by: key) == 1_679_315_147)
        #expect(try Checkpoint(verifying: note, with: [log.key.verifier]) == log.checkpoint(9))
        let read = try SignedNote(note.bytes)
        #expect(try read.cosignedAt(by: key) == 1_679_315_147)
        // The line alone, as a witness answers it.
        let line = try #require(note.signatures.last).line
        #expect(try SignedNote.signatures(Array(line.utf8)) == [try #require(note.signatures.last)])
        // Every bit of moment and signature counts.
        for place in 0..<72 {
            var changed = try log.checkpoint(9).signed(with: [log.key])
            var signature = try #require(note.signatures.last)
            signature.bytes[place] ^= 1
            changed.add(signature)
            #expect(throws: NoteError.badSignature(key.name)) { try changed.cosignedAt(by: key) }
        }
        // A witness's key signs no checkpoint, and a log's key does not cosign.
        #expect(throws: NoteError.cannotSign) { try log.checkpoint(9).signed(with: [witness]) }
        #expect(throws: NoteError.cannotSign) { try note.cosign(with: log.key, at: 1) }
        let same = try #require(
            NoteVerifierKey(name: log.key.verifier.name, key: log.key.verifier.key, kind: .cosigner)
        )
        #expect(throws: NoteError.self) { try note.cosignedAt(by: same) }
        #expect(throws: NoteError.unsigned(log.key.verifier.name)) { try Checkpoint(verifying: note, with: [same]) }
    }
}
