import Foundation
import Programs
import Testing
import TransparencyLog

@testable import DecisionLog

/// What somebody does to a log's files is seen by both verifiers, and where both name an entry, it is the same one.
@Suite("Both verifiers", .timeLimit(.minutes(20)))
struct AgreementTests {
    static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "agree.py").path

    /// What the verifier in Python says, by name; `nil` when there is none.
    static func python(_ key: NoteVerifierKey, _ arguments: [String]) throws -> [String: String]? {
        guard let python = ReceiptTests.python else {
            print("skipped: no python3 with the package cryptography")
            return nil
        }
        let said = try Programs.run(python, [Self.script, key.description] + arguments)
        let lines = said.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        return Dictionary(lines.map { ($0[0], $0[1]) }) { first, _ in first }
    }

    /// What ours says, in the same words.
    static func word(_ report: VerificationReport) -> String {
        report.isIntact ? "intact" : report.problems.compactMap(\.entry).min().map(String.init) ?? "wrong"
    }

    static func agree(_ ours: String, _ theirs: String?) -> Bool {
        guard let theirs else { return false }
        return (ours == "intact") == (theirs == "intact") && (ours == theirs || [ours, theirs].contains("wrong"))
    }

    /// The same files in a folder.
    static func write(_ store: MemoryStore, to folder: URL) throws {
        for path in store.paths {
            let file = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(store.bytes(path)).write(to: file)
        }
        try FileManager.default.createDirectory(
            at: folder.appending(path: "journal"),
            withIntermediateDirectories: true
        )
    }

    @Test("Every byte of every file, flipped")
    func everyByte() async throws {
        let store = MemoryStore()
        let keys = try Samples.keys()
        let running = try RunningLog(store, keys)
        _ = await running.act()
        running.log.close()
        let folder = FileManager.default.temporaryDirectory.appending(path: "stile-agree-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try Self.write(store, to: folder)
        let said = try Self.python(keys.signer.verifier, ["flips", folder.path])
        var (unseen, unnamed, differences): ([String], [String], [String]) = ([], [], [])
        for path in store.paths where !path.hasPrefix("keys/") {
            let bytes = store.bytes(path)
            for place in bytes.indices {
                var changed = bytes
                changed[place] ^= 0x04
                store.set(path, changed)
                let ours = Self.word(TamperTests.verify(store, keys))
                if ours == "intact" { unseen.append("\(path):\(place)") }
                if ours == "wrong", !path.hasSuffix("checkpoint") { unnamed.append("\(path):\(place)") }
                guard let said, !Self.agree(ours, said["\(path):\(place)"]) else { continue }
                differences.append("\(path):\(place) ours \(ours) theirs \(said["\(path):\(place)"] ?? "nothing")")
            }
            store.set(path, bytes)
        }
        #expect(unseen == [])
        #expect(unnamed == [], "the first wrong entry is named")
        #expect(differences == [])
        print("\(said?.count ?? 0) flipped bytes: both verifiers see each")
    }

    @Test("Records dropped, swapped, doubled, added and cut, files lost, and a fork")
    func rearrangements() async throws {
        let (store, keys) = try await TamperTests.small()
        let (other, _) = try await TamperTests.small()
        var variants: [String: MemoryStore] = ["untouched": store.afterKill()]
        for (kind, prefix) in [("bundle", "tree/tile/entries/"), ("journal", "journal/")] {
            let path = try #require(store.paths.first { $0.hasPrefix(prefix) })
            let bytes = store.bytes(path)
            for how in ["drop", "swap", "double", "add", "cut"] {
                let changed = store.afterKill()
                if kind == "bundle" {
                    var bundle: [UInt8] = []
                    let leaves = try #require(EntryBundle.decoded(bytes, count: 6)).map(Array.init)
                    for leaf in TamperTests.rearrange(leaves, how) { EntryBundle.append(leaf, to: &bundle) }
                    changed.set(path, bundle)
                } else {
                    let ends = JournalTests.frameEnds(bytes)
                    let frames = zip([0] + ends, ends).map { Array(bytes[$0..<$1]) }
                    changed.set(path, Array(TamperTests.rearrange(frames, how).joined()))
                }
                variants["\(kind)-\(how)"] = changed
            }
        }
        for prefix in ["tree/checkpoint", "tree/tile/0", "tree/tile/entries", "parts", "journal"] {
            let changed = store.afterKill()
            for path in changed.paths where path.hasPrefix(prefix) { changed.set(path, nil) }
            variants["without-" + prefix.replacing("/", with: "-")] = changed
        }
        // Another history, consistent in itself, under this log's checkpoint.
        let fork = other.afterKill()
        fork.set("tree/checkpoint", store.bytes("tree/checkpoint"))
        variants["fork"] = fork

        let folder = FileManager.default.temporaryDirectory.appending(path: "stile-agree-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = variants.keys.sorted()
        for name in names { try Self.write(try #require(variants[name]), to: folder.appending(path: name)) }
        let folders = names.map { folder.appending(path: $0).path }
        guard let said = try Self.python(keys.signer.verifier, ["folders"] + folders) else { return }
        for name in names {
            let ours = Self.word(TamperTests.verify(try #require(variants[name]), keys))
            #expect((ours == "intact") == ["untouched", "without-journal"].contains(name), "\(name): \(ours)")
            #expect(Self.agree(ours, said[name]), "\(name): ours \(ours), theirs \(said[name] ?? "nothing")")
        }
    }

    @Test("An old state, a history signed anew, a change of keys, and a witness")
    func elsewhere() throws {
        guard let python = ReceiptTests.python else {
            print("skipped: no python3 with the package cryptography")
            return
        }
        let log = try KeyRotationTests.Folder()
        let witness = try #require(
            NoteSignerKey(name: "witness.example/w 1".replacing(" ", with: "-"), kind: .cosigner)
        )
        let keep = FileManager.default.temporaryDirectory.appending(path: "stile-kept-\(UUID())")
        try FileManager.default.createDirectory(at: keep, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: keep) }
        func kept(_ name: String) throws -> String {
            let path = keep.appending(path: name).path
            try FileManager.default.copyItem(atPath: log.path + "/" + SealedFiles.checkpointPath, toPath: path)
            return path
        }
        func cosign() throws {
            let keys = try LogKeys.read(from: log.store)
            let witnessed = WitnessedLog(store: log.store, keys: keys.verifiers, witness: witness.verifier)
            let request = try #require(try witnessed.request(from: try witnessed.cosignedSize()))
            var note = request.note
            try note.cosign(with: witness, at: 1_800_000_000)
            let line = try #require(note.signatures.last).line
            #expect(try witnessed.keep(Array(line.utf8), for: request) == 1_800_000_000)
        }
        /// Both verifiers, with the first key.
        func intact(since: [String] = [], witnessed: Bool = false) throws -> Bool {
            var arguments = [log.path, "--key", log.first.description]
            for path in since { arguments += ["--since", path] }
            if witnessed { arguments += ["--witness", witness.verifier.description] }
            let theirs = try ReceiptTests.run(python, arguments)
            let known = try since.map { try KnownCheckpoint(Array(Data(contentsOf: URL(filePath: $0))), path: $0) }
            let report = LogVerifier.verify(
                folder: log.path,
                keys: [log.first],
                known: known,
                witnesses: witnessed ? [witness.verifier] : []
            )
            #expect(report.isIntact == (theirs == 0), "theirs \(theirs), ours \(report.problems)")
            return report.isIntact
        }
        let first = try kept("first")
        #expect(try intact(since: [first]))
        #expect(try !intact(witnessed: true))
        try cosign()
        #expect(try intact(since: [first], witnessed: true))
        _ = try KeyRotation.begin(folder: log.path, gateway: "plant-1")
        let during = try kept("during")
        _ = try KeyRotation.end(folder: log.path, gateway: "plant-1")
        try log.act()
        #expect(try intact(since: [first, during], witnessed: true))
        try cosign()
        let last = try kept("last")
        #expect(try intact(since: [first, during, last], witnessed: true))

        // The whole folder as it was, put back later: nothing in it is wrong, but what was kept elsewhere shows it.
        let copy = keep.appending(path: "copy").path
        try FileManager.default.copyItem(atPath: log.path, toPath: copy)
        try log.act()
        let later = try kept("later")
        try FileManager.default.removeItem(atPath: log.path)
        try FileManager.default.copyItem(atPath: copy, toPath: log.path)
        #expect(try intact(since: [last], witnessed: true))
        #expect(try !intact(since: [later]))

        // The key's holder signs another history of the same length.
        for name in ["tree", "parts", "journal", "keys/persons"] {
            try FileManager.default.removeItem(atPath: log.path + "/" + name)
        }
        let signed = try #require(try? KnownCheckpoint(Array(Data(contentsOf: URL(filePath: last))), path: ""))
            .checkpoint
        let forged = try DecisionLog.open(folder: log.path, gateway: "plant-1")
        while forged.journal.durable < signed.size {
            forged.note("forged", [:])
            forged.journal.waitForOwn()
        }
        forged.close()
        let report = LogVerifier.verify(folder: log.path)
        #expect(report.isIntact)
        #expect(!LogVerifier.verify(folder: log.path, known: [KnownCheckpoint(signed)]).isIntact)
        #expect(!LogVerifier.verify(folder: log.path, witnesses: [witness.verifier]).isIntact)
        let present = try #require(try LogKeys.readVerifiers(from: log.store).first).description
        #expect(try ReceiptTests.run(python, [log.path, "--key", present]) == 0)
        #expect(try ReceiptTests.run(python, [log.path, "--key", present, "--since", last]) == 1)
        #expect(
            try ReceiptTests.run(python, [log.path, "--key", present, "--witness", witness.verifier.description]) == 1
        )
    }
}
