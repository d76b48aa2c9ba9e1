import DecisionLog
import NIOCore

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
        /// By the clock that is never set, or a second could last as long as the other one is set back.
        let ends: NIODeadline
        var count: UInt64 = 0
        var since: Timestamp
        var last: Timestamp
        var sample: (ruling: Ruling, who: PreparedPerson, trace: RequestTrace)?

        /// What was counted; `nil` when nothing followed the first one.
        var counted: Counted? {
            self.sample.map { sample in
                Counted(
                    ruling: sample.ruling,
                    who: sample.who,
                    trace: sample.trace,
                    repetition: RecordedRepetition(count: self.count, until: max(self.since, self.last)),
                    since: self.since
                )
            }
        }
    }

    private var runs: [Key: Run] = [:]
    /// What was counted in runs that others have followed already.
    private var over: [Counted] = []

    /// How many sources are told apart at once; beyond that they are counted together.
    private static let capacity = 10_000
    private static let everySource = "*"
    private static let length = TimeAmount.seconds(1)

    /// The id of the record that stands for this refusal, when it need not be recorded by itself.
    ///
    /// - Parameters:
    ///   - ruling: The refusal.
    ///   - who: Who asked, as far as it is known.
    ///   - moment: The present moment, by which a second is a second.
    ///   - now: The same, as it is recorded.
    ///   - key: What makes refusals identical.
    ///   - trace: The traces of the request, made only when they are needed.
    /// - Returns: The id; `nil` when it has to be recorded.
    mutating func count(
        _ ruling: Ruling,
        by who: PreparedPerson,
        at moment: NIODeadline,
        _ now: Timestamp,
        key: Key,
        trace: () -> RequestTrace
    ) -> DecisionID? {
        let key = self.place(key)
        guard var run = self.runs[key], moment < run.ends else { return nil }
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
    mutating func begin(_ id: DecisionID, at moment: NIODeadline, _ now: Timestamp, key: Key) {
        let run = Run(first: id, ends: moment + Self.length, since: now, last: now)
        // The one before may be over and not taken out yet.
        if let counted = self.runs.updateValue(run, forKey: self.place(key))?.counted { self.over.append(counted) }
    }

    /// Takes out the runs that are over, and what they have counted.
    mutating func due(at moment: NIODeadline) -> [Counted] {
        guard !self.runs.isEmpty || !self.over.isEmpty else { return [] }
        var counted = self.over
        self.over.removeAll()
        for (key, run) in self.runs where run.ends <= moment {
            self.runs[key] = nil
            if let repeated = run.counted { counted.append(repeated) }
        }
        return counted
    }

    private func place(_ key: Key) -> Key {
        guard self.runs[key] == nil, self.runs.count >= Self.capacity else { return key }
        return Key(source: Self.everySource, reason: key.reason)
    }
}
