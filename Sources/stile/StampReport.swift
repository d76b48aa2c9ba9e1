import DecisionLog
import OpenSSLTrust
import TransparencyLog

/// What `stile log verify` says of a log's time stamps.
struct StampReport {
    /// What was seen, a line each.
    private(set) var lines: [String] = []
    /// How many are wrong.
    private(set) var wrong = 0

    /// Compares every stamp with the log, and checks its signature if it is known whom to believe.
    ///
    /// - Parameters:
    ///   - folder: The log's folder.
    ///   - keys: The keys that the log has signed with, as its verification followed them.
    ///   - current: The log's newest checkpoint, already verified.
    ///   - authority: The file with the authority that stamps lead to; `nil` when it is not known.
    /// - Throws: ``Outcome/cannot(_:)`` when a file cannot be read.
    init(folder: String, keys: [NoteVerifierKey], current: Checkpoint?, authority: String?) throws {
        let store = FolderStore(root: folder)
        let stamps = Stamps(store: store)
        do {
            let names = try stamps.names()
            guard !names.isEmpty, let current else { return }
            let trusted = try authority.map {
                try TimeStampAuthority(TimeStampTrust(address: "", authorities: [$0]))
            }
            for name in names {
                self.add(try stamps.stamp(name), stamps, current, keys, trusted)
            }
            if trusted == nil {
                self.lines.append("time stamps: \(names.count), whose signatures were not checked; give --stamp-ca")
            }
        } catch {
            throw Outcome.cannot("\(error)")
        }
    }

    private mutating func add(
        _ stamp: Stamps.Stamp,
        _ stamps: Stamps,
        _ current: Checkpoint,
        _ keys: [NoteVerifierKey],
        _ trusted: TimeStampAuthority?
    ) {
        let checkpoint: Checkpoint
        switch stamps.check(stamp, against: current, keys: keys) {
        case .failure(let problem): return self.add(problem: "\(problem)", stamp)
        case .success(let known): checkpoint = known
        }
        guard let response = stamp.response else {
            return self.add(problem: "the authority's answer is missing", stamp)
        }
        guard let trusted else { return }
        do {
            let said = try trusted.verify(response, of: stamp.checkpoint)
            let moment = Timestamp(microseconds: said.time * 1_000_000)
            self.lines.append("time stamp \(stamp.name): \(checkpoint.size) entries were there at \(moment)")
        } catch {
            self.add(problem: "\(error)", stamp)
        }
    }

    private mutating func add(problem: String, _ stamp: Stamps.Stamp) {
        self.wrong += 1
        self.lines.append("WRONG time stamp \(stamp.name): \(problem)")
    }
}
