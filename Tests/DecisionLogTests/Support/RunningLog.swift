import DecisionLog
import TransparencyLog

/// A log over a store, with one event loop's recorder, that remembers what it was allowed to act on.
final class RunningLog {
    let log: DecisionLog
    let recorder: Recorder
    let told = Told()
    let anna: PreparedPerson

    init(
        _ store: MemoryStore,
        _ keys: LogKeys,
        durability: JournalConfiguration.Durability = .commit,
        segmentBytes: UInt64 = 64 << 20,
        sealMilliseconds: Int32 = 3_600_000,
        index: (any DecisionIndex)? = nil
    ) throws {
        let configuration = DecisionLogConfiguration(
            journal: JournalConfiguration(
                durability: durability,
                segmentBytes: segmentBytes,
                retryMilliseconds: 1,
                reserveBytes: 1000
            ),
            sealMilliseconds: sealMilliseconds,
            indexMilliseconds: 1
        )
        let log = try DecisionLog(
            store: store,
            gateway: "plant-1",
            keys: keys,
            configuration: configuration,
            index: index
        )
        do {
            self.anna = try log.prepare(Samples.anna, facts: PersonFacts(groups: ["uuid:press4"]))
        } catch {
            // Nobody gets to see it, so nobody else could close it, and it would go on writing beside the next one.
            log.close()
            throw error
        }
        self.log = log
        self.recorder = log.journal.recorder { [told] in told.hear($0) }
    }

    func record(_ decision: PreparedDecision = Samples.decision) -> Recorded {
        self.recorder.record(decision, by: self.anna, trace: Samples.trace, micros: 3, at: .now())
    }

    /// Records and waits; the id, if it may be acted on.
    func act() async -> DecisionID? {
        switch self.record() {
        case .accepted(let id): return id
        case .refused: return nil
        case .waiting(let id, let ticket): return await self.told.outcome(of: ticket) == .durable ? id : nil
        }
    }
}

extension DecisionLog {
    /// Every decision in the log, by id, in order.
    var decisions: [DecisionID] {
        get throws {
            try (0..<self.journal.durable).compactMap { place in
                guard case .decision(let record) = try self.content(at: place) else { return nil }
                return record.id
            }
        }
    }

    /// The names of the events in the log.
    var events: [String] {
        get throws {
            try (0..<self.journal.durable).compactMap { place in
                guard case .event(let event) = try self.content(at: place) else { return nil }
                return event.name
            }
        }
    }
}
