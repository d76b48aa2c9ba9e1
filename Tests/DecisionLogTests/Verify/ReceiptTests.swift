import Foundation
import Programs
import Testing
import TransparencyLog

@testable import DecisionLog

@Suite("Receipts and the second verifier", .timeLimit(.minutes(20)))
struct ReceiptTests {
    /// A sealed log in a real folder; gone afterwards.
    final class SealedLog {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stile-receipt-\(UUID())").path
        let keys: LogKeys
        let store: FolderStore
        private(set) var ids: [DecisionID] = []

        init(records: Int) throws {
            self.store = FolderStore(root: self.folder)
            self.keys = try LogKeys.create(origin: "stile.plant.example", in: self.store)
            // Sealed once, when it is closed: a checkpoint in between would leave files that nothing vouches for any more.
            let log = try DecisionLog.open(
                folder: self.folder,
                gateway: "plant-1",
                configuration: DecisionLogConfiguration(sealMilliseconds: 3_600_000)
            )
            let recorder = log.journal.recorder { _ in }
            let who = try log.prepare(Samples.anna, facts: PersonFacts(groups: ["uuid:press4"]))
            for _ in 0..<records {
                let answer = recorder.record(Samples.decision, by: who, trace: Samples.trace, micros: 3, at: .now())
                self.ids.append(try #require(answer.id))
            }
            log.close()
        }

        deinit { try? FileManager.default.removeItem(atPath: self.folder) }

        func receipt(_ parts: Set<LogPart>, of id: DecisionID) throws -> Receipt {
            let prover = LogProver(store: self.store, keys: [self.keys.signer.verifier])
            let place = try #require(try prover.place(of: id))
            return try prover.receipt(
                at: place,
                showing: parts,
                keys: PersonKeys(store: self.store, master: self.keys.master)
            )
        }
    }

    @Test("A receipt shows what it may, and proves all of it")
    func receipts() throws {
        let log = try SealedLog(records: 300)
        let key = log.keys.signer.verifier
        for id in [log.ids[0], log.ids[255], log.ids[299]] {
            let full = try log.receipt([.person, .explanation, .facts], of: id)
            guard case .decision(let record) = full.verified(with: [key]) else {
                Issue.record("not verified")
                return
            }
            #expect(record.id == id)
            #expect(record.person?.who == Samples.anna)
            #expect(record.explanation == Samples.explanation)
            let little = try log.receipt([.explanation], of: id)
            guard case .decision(let less) = little.verified(with: [key]) else {
                Issue.record("not verified")
                return
            }
            #expect(less.person == nil)
            #expect(less.facts == nil)
            #expect(less.explanation == Samples.explanation)
        }
    }

    @Test("A receipt that was changed proves nothing")
    func changedReceipts() throws {
        let log = try SealedLog(records: 5)
        let key = log.keys.signer.verifier
        let receipt = try log.receipt([.person, .explanation], of: log.ids[2])
        var changed = receipt
        changed.leaf?[40] ^= 1
        #expect(changed.verified(with: [key]) == nil)
        changed = receipt
        changed.parts[.explanation]?.stored[9] ^= 1
        #expect(changed.verified(with: [key]) == nil)
        changed = receipt
        changed.parts[.person]?.key?[0] ^= 1
        #expect(changed.verified(with: [key]) == nil)
        changed = receipt
        changed.proof.index += 1
        #expect(changed.verified(with: [key]) == nil)
        #expect(receipt.verified(with: [try Samples.keys().signer.verifier]) == nil)
    }

    @Test("The verifier in Python, written from the texts, agrees")
    func secondVerifier() throws {
        guard let python = Self.python else {
            print("skipped: no python3 with the package cryptography")
            return
        }
        let log = try SealedLog(records: 600)
        let key = log.keys.signer.verifier.description
        #expect(try Self.run(python, [log.folder, "--key", key]) == 0)
        let receiptFile = log.folder + "/receipt.json"
        for parts in [[.person, .explanation, .facts], [.explanation], []] as [Set<LogPart>] {
            let receipt = try log.receipt(parts, of: log.ids[300]).json.text
            try Data(receipt.utf8).write(to: URL(filePath: receiptFile))
            #expect(try Self.run(python, ["receipt", receiptFile, "--key", key]) == 0)
            try Data(receipt.replacing("\\\"deny\\\"", with: "\\\"okay\\\"").utf8).write(to: URL(filePath: receiptFile))
            #expect(try Self.run(python, ["receipt", receiptFile, "--key", key]) == 1)
        }
        try FileManager.default.removeItem(atPath: receiptFile)
        // Changes all over the files: both verifiers must see each of them.
        let names = FileManager.default.enumerator(atPath: log.folder)?.compactMap { $0 as? String } ?? []
        for name in names.sorted() where !name.hasPrefix("keys") && name != "lock" {
            guard let size = try log.store.size(name), size > 0, let bytes = try? log.store.read(name) else { continue }
            for place in [0, bytes.count / 3, bytes.count - 1] {
                var changed = bytes
                changed[place] ^= 0x04
                try Data(changed).write(to: URL(filePath: log.folder + "/" + name))
                let agrees = !LogVerifier.verify(folder: log.folder).isIntact
                #expect(agrees, "\(name) byte \(place)")
                #expect(try Self.run(python, [log.folder, "--key", key]) == 1, "\(name) byte \(place)")
            }
            try Data(bytes).write(to: URL(filePath: log.folder + "/" + name))
        }
        #expect(try Self.run(python, [log.folder, "--key", key]) == 0)
    }

    @Test("What retention dropped is gone, said, and the rest still proves itself")
    func retention() throws {
        let log = try SealedLog(records: 600)
        // A second run begins a new segment; the first is sealed and goes.
        let again = try DecisionLog.open(
            folder: log.folder,
            gateway: "plant-1",
            configuration: DecisionLogConfiguration(sealMilliseconds: 1)
        )
        for _ in 0..<500 { again.note("test", [:]) }
        again.close()
        let last = try DecisionLog.open(folder: log.folder, gateway: "plant-1")
        let dropped = try last.retain(from: Timestamp.now().day.adding(days: 2))
        #expect(dropped.partsBefore >= 512)
        guard case .decision(let record) = try last.content(at: 10) else {
            Issue.record("not a decision")
            return
        }
        #expect(record.person == nil)
        #expect(record.verdict == Samples.verdict)
        last.close()
        let report = LogVerifier.verify(folder: log.folder)
        #expect(report.problems.isEmpty)
        #expect(report.missingParts > 1000)
        if let python = Self.python {
            #expect(try Self.run(python, [log.folder, "--key", log.keys.signer.verifier.description]) == 0)
        }
        // The same without a word is tampering.
        try FileManager.default.removeItem(atPath: log.folder + "/parts/002")
        #expect(!LogVerifier.verify(folder: log.folder).isIntact)
    }

    /// A Python that has what the verifier needs.
    static let python: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        return folders.map { $0 + "/python3" }.first { path in
            FileManager.default.isExecutableFile(atPath: path)
                && (try? Programs.status(path, ["-c", "import cryptography"])) == 0
        }
    }()

    static func run(_ python: String, _ arguments: [String]) throws -> Int32 {
        let script = URL(filePath: #filePath).appending(path: "../../../../deploy/verify-log.py").standardizedFileURL
            .path
        return try Programs.status(python, [script] + arguments)
    }
}
