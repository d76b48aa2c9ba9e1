import DecisionLog

/// Identical refusals of one source within a second: the first is recorded at once, the others are counted and recorded
/// as one, so that a flood of guesses or of nonsense cannot fill the disk.
///
/// Confined to its event loop.
struct RefusalFold {
    /// What makes refusals identical.
    struct Key: Hashable {
        /// The peer's address.
        let source: String
        /// The reason that is recorded.
        let reason: String
    }

    /// What was counted, ready to be recorded.
    struct Counted {
        let ruling: Ruling
        let who: PreparedPerson
        let trace: RequestTrace
        let repetition: RecordedRepetition
        /// When the first of them came.
        let since: Timestamp
    }

    private struct Run {
        let first: DecisionID
        let began: Timestamp
        var count: UInt64 = 0
        var since: Timestamp
        var last: Timestamp
        var sample: (ruling: Ruling, who: PreparedPerson, trace: RequestTrace)?
    }

    private var runs: [Key: Run] = [:]

    /// How many sources are told apart at once; beyond that they are counted together.
    private static let capacity = 10_000
    private static let everySource = "*"
    private static let length: Int64 = 1_000_000

    /// The id of the record that stands for this refusal, when it need not be recorded by itself.
    mutating func count(
        _ ruling: Ruling,
        by who: PreparedPerson,
        at now: Timestamp,
        key: Key,
        trace: () -> RequestTrace
    ) -> DecisionID? {
        let key = self.place(key)
        guard var run = self.runs[key], now.microseconds - run.began.microseconds < Self.length else { return nil }
        if run.count == 0 {
            run.since = now
            run.sample = (ruling, who, trace())
        }
        run.count += 1
        run.last = now
        self.runs[key] = run
        return run.first
    }

    /// A refusal was recorded by itself: those that follow it within a second are counted.
    mutating func begin(_ id: DecisionID, at now: Timestamp, key: Key) {
        self.runs[self.place(key)] = Run(first: id, began: now, since: now, last: now)
    }

    /// Takes out the runs that are over, and what they have counted.
    mutating func due(at now: Timestamp) -> [Counted] {
        guard !self.runs.isEmpty else { return [] }
        var counted: [Counted] = []
        for (key, run) in self.runs where now.microseconds - run.began.microseconds >= Self.length {
            self.runs[key] = nil
            guard let sample = run.sample else { continue }
            counted.append(
                Counted(
                    ruling: sample.ruling,
                    who: sample.who,
                    trace: sample.trace,
                    repetition: RecordedRepetition(count: run.count, until: run.last),
                    since: run.since
                )
            )
        }
        return counted
    }

    private func place(_ key: Key) -> Key {
        guard self.runs[key] == nil, self.runs.count >= Self.capacity else { return key }
        return Key(source: Self.everySource, reason: key.reason)
    }
}
