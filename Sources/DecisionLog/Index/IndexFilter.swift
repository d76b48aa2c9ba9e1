/// A query in terms of an index's numbers: which verdicts, persons and revision, and between which moments.
package struct IndexFilter: Sendable {
    package let query: DecisionQuery
    /// For each verdict's number whether it will do; `nil` when every verdict will.
    private let verdicts: [Bool]?
    /// For each person's number whether they will do; `nil` when everybody will.
    private let persons: [Bool]?
    /// `nil` when every revision will do.
    package let revision: Int32?
    /// Whether no row can match.
    package let isEmpty: Bool

    package init(_ query: DecisionQuery, _ words: IndexWords) {
        self.query = query
        self.verdicts =
            query.asksForVerdict ? [false] + words.verdicts.map { query.matches($0.value) } : nil
        self.persons = query.person.map { person in
            [false] + words.persons.map { $0?.value.id == person || $0?.value.name == person }
        }
        self.revision = query.revision.map { revision in
            revision.isEmpty ? 0 : words.revisions.firstIndex(of: revision).map { Int32($0 + 1) } ?? -1
        }
        self.isEmpty =
            self.verdicts?.contains(true) == false || self.persons?.contains(true) == false || self.revision == -1
    }

    /// The numbers of the verdicts that will do; `nil` when every verdict will.
    package var verdictNumbers: [Int32]? { self.verdicts.map(Self.numbers) }

    /// The numbers of the persons who will do; `nil` when everybody will.
    package var personNumbers: [Int32]? { self.persons.map(Self.numbers) }

    private static func numbers(_ these: [Bool]) -> [Int32] {
        these.indices.filter { these[$0] }.map { Int32($0) }
    }

    /// Whether a roll-up is one of those asked for, at hours' precision.
    @inline(__always)
    func matches(_ key: Rollups.Key, anyHour: Bool) -> Bool {
        if let verdicts, !verdicts.indices.contains(Int(key.verdict)) || !verdicts[Int(key.verdict)] { return false }
        if let persons, !persons.indices.contains(Int(key.person)) || !persons[Int(key.person)] { return false }
        if let revision, key.revision != revision { return false }
        return anyHour || self.hours.contains(key.hour)
    }

    /// The hours that the query is about, since 1970.
    package var hours: ClosedRange<Int32> {
        let first = self.query.since.map { Int32(clamping: $0.hour) } ?? .min
        let last =
            self.query.until.map { until in
                // An hour counts when any moment of it does.
                Int32(clamping: Timestamp(microseconds: max(.min + 1, until.microseconds) - 1).hour)
            } ?? .max
        return first <= last ? first...last : .max ... .max
    }

    /// Whether some row between these moments (microseconds since 1970, both included) can match.
    package func concerns(earliest: Int64, latest: Int64) -> Bool {
        (self.query.since?.microseconds ?? .min) <= latest && (self.query.until?.microseconds ?? .max) > earliest
    }
}

extension DecisionQuery {
    /// Whether the query says anything about the verdict.
    fileprivate var asksForVerdict: Bool {
        self.resource != nil || self.action != nil || self.label != nil || self.decision != nil || !self.causes.isEmpty
            || self.causesAlone || self.policy != nil || self.service != nil || self.mode != nil
    }

    /// Whether a verdict is one of those asked for.
    fileprivate func matches(_ verdict: Verdict) -> Bool {
        if let decision = self.decision, verdict.decision != decision { return false }
        if self.causesAlone ? verdict.causes != self.causes : !verdict.causes.isSuperset(of: self.causes) {
            return false
        }
        if let mode = self.mode, verdict.mode != mode { return false }
        if let action = self.action, verdict.action != action { return false }
        if let label = self.label, verdict.label != label { return false }
        if let service = self.service, verdict.service != service { return false }
        if let policy = self.policy, !verdict.policies.contains(policy) { return false }
        if let resource = self.resource {
            let all = [verdict.resource].compactMap { $0 } + verdict.also.map(\.resource)
            guard all.contains(where: { $0.entry == resource || $0.id == resource || $0.name == resource }) else {
                return false
            }
        }
        return true
    }
}
