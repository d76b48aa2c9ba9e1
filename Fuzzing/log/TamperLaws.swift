import DecisionLog
import TransparencyLog

/// What holds for a log's folder, whatever somebody who can write to it has done.
///
/// An input is up to eight changes of a log of 270 entries, 256 of which lie in a finished bundle and some of which are not
/// sealed: each a file, a kind, a place and a value.
enum TamperLaws {
    static func violation(by input: [UInt8]) -> String? {
        guard let log = self.log else { return "the log of the fuzzer cannot be made" }
        var files = log.files
        for start in stride(from: 0, to: min(input.count, 48), by: 6) where start + 6 <= input.count {
            self.change(&files, Array(input[start..<start + 6]))
        }
        let store = FuzzStore(files)
        if let broken = self.verification(of: store, log) { return broken }
        if (try? LogStart(store, keys: log.keys)) != nil {
            // A torn tail may have been cut; then nothing is left to be cut.
            return self.opens(store, log, "a log that was opened")
        }
        guard (try? Quarantine.inOrder(store, log.keys)) != nil else { return nil }
        return self.opens(store, log, "a log that was repaired")
    }

    /// What nobody may do to a sealed entry unseen, given the newest checkpoint.
    private static func verification(of store: FuzzStore, _ log: Sample) -> String? {
        var verifier = LogVerifier(store: store, keys: log.keys.verifiers)
        let report = verifier.verify(against: [KnownCheckpoint(log.checkpoint)])
        let files = store.all
        let changed = log.sealed.filter { files[$0] != log.files[$0] }
        return report.isIntact && !changed.isEmpty ? "\(changed.min() ?? "") can change unseen" : nil
    }

    private static func opens(_ store: FuzzStore, _ log: Sample, _ name: String) -> String? {
        guard let start = try? LogStart(store, keys: log.keys) else { return "\(name) does not open" }
        if start.wasCut { return "\(name) is cut again" }
        guard let again = try? Quarantine.inOrder(store, log.keys), again.isEmpty else {
            return "\(name) is not in order"
        }
        return nil
    }

    private static func change(_ files: inout [String: [UInt8]], _ code: [UInt8]) {
        let paths = files.keys.filter { !$0.hasPrefix("keys/") && !$0.hasPrefix("quarantine/") }.sorted()
        guard !paths.isEmpty else { return }
        let path = paths[Int(code[0]) % paths.count]
        let other = paths[Int(code[4]) % paths.count]
        var bytes = files[path] ?? []
        let place = bytes.isEmpty ? 0 : (Int(code[2]) << 8 | Int(code[3])) % bytes.count
        switch code[1] % 8 {
        case 0: if !bytes.isEmpty { bytes[place] ^= code[5] }
        case 1: bytes.removeSubrange(place...)
        case 2:
            files[path] = nil
            return
        case 3: bytes.insert(contentsOf: code, at: place)
        case 4: bytes = files[other] ?? []
        case 5: (bytes, files[other]) = (files[other] ?? [], bytes)
        case 6: bytes.append(contentsOf: repeatElement(code[5], count: Int(code[4])))
        default:
            // A frame as the writer itself would have written it.
            guard let name = path.split(separator: "/").last, let segment = Segment(name: String(name)),
                let payload = self.log?.payload
            else { return }
            let start = bytes.count
            bytes += [UInt8](repeating: 0, count: Frame.headBytes) + payload
            Frame.fillHead(
                of: &bytes,
                at: start,
                payload: payload.count,
                segment: segment.identity,
                offset: UInt64(start),
                group: UInt32(start)
            )
        }
        files[path] = bytes
    }

    /// The log that is tampered with.
    struct Sample: Sendable {
        var files: [String: [UInt8]]
        var keys: LogKeys
        var checkpoint: Checkpoint
        /// The files that the checkpoint vouches for.
        var sealed: [String]
        /// An entry's payload.
        var payload: [UInt8]
    }

    private static let decision = PreparedDecision(
        Verdict(gateway: "plant-1", service: "mlflow", decision: .deny, causes: .label, action: "read", revision: "r"),
        explanation: nil,
        facts: ReplayFacts(context: ["hour": .integer(9)])
    )

    private static let log: Sample? = try? TamperLaws.make()

    private static func make() throws -> Sample? {
        guard let signer = NoteSignerKey(name: "stile.plant.example") else { return nil }
        let keys = LogKeys(signer: signer, master: .fresh())
        let store = FuzzStore()
        func run(_ count: Int) throws -> [String: [UInt8]] {
            let configuration = DecisionLogConfiguration(
                journal: JournalConfiguration(segmentBytes: 4_000),
                sealMilliseconds: 3_600_000
            )
            let log = try DecisionLog(store: store, gateway: "plant-1", keys: keys, configuration: configuration)
            let recorder = log.journal.recorder { _ in }
            let person = try log.prepare(RecordedPerson(id: "uuid:anna", name: "anna"))
            let (method, path) = (Array("GET".utf8), Array("/api".utf8))
            for number in 0..<count {
                // Decisions have parts, which somebody may take away.
                if number % 2 == 0 {
                    _ = recorder.record(
                        Self.decision,
                        by: person,
                        from: PreparedOrigin(peer: "10.0.0.7"),
                        method: method.span,
                        path: path.span,
                        request: "r",
                        micros: 3,
                        at: .now()
                    )
                } else {
                    log.note("test", ["number": .integer(Int64(number))])
                }
                guard log.journal.waitForOwn(patience: .seconds(5)) else { return [:] }
            }
            let files = store.all
            log.close()
            return files
        }
        _ = try run(264)
        // A run that is killed before it seals.
        let files = try run(5)
        guard let checkpoint = try SealedFiles(store: FuzzStore(files)).checkpoint(keys: keys.verifiers) else {
            return nil
        }
        let width = Int(checkpoint.size % 256)
        let sealed = files.keys.filter { path in
            path == "tree/tile/entries/000" || path == "tree/tile/0/000" || path == "parts/000"
                || path.hasPrefix("tree/tile/") && path.hasSuffix("001.p/\(width)") || path == "tree/tile/1/000.p/1"
        }
        guard sealed.count == 6, let entry = LogEntry(payload: try Self.payload(of: files)[...]) else { return nil }
        return Sample(files: files, keys: keys, checkpoint: checkpoint, sealed: sealed, payload: entry.payload)
    }

    private static func payload(of files: [String: [UInt8]]) throws -> [UInt8] {
        guard let bundle = files["tree/tile/entries/000"], let leaf = EntryBundle.decoded(bundle, count: 256)?.first
        else {
            return []
        }
        var payload: [UInt8] = []
        EntryBundle.append(leaf, to: &payload)
        return payload + [UInt8](repeating: 0xFF, count: 12)
    }
}
