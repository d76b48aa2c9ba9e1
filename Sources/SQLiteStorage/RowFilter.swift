import DecisionLog
import GRDB

/// A query in terms of the tables: which verdicts and persons, by number, and what is left for SQL.
struct RowFilter: Sendable {
    /// `nil` when every verdict will do.
    private(set) var verdicts: [Int64]?
    /// `nil` when every person will do.
    private(set) var persons: [Int64]?
    private let query: DecisionQuery

    init(_ query: DecisionQuery, _ words: Vocabulary) {
        self.query = query
        if query.asksForVerdict {
            self.verdicts = words.verdicts.enumerated().filter { query.matches($0.element) }.map {
                Int64($0.offset + 1)
            }
        }
        if let person = query.person {
            self.persons = words.persons.enumerated()
                .filter { $0.element?.id == person || $0.element?.name == person }
                .map { Int64($0.offset + 1) }
        }
    }

    /// Whether no row can match.
    var isEmpty: Bool { self.verdicts?.isEmpty == true || self.persons?.isEmpty == true }

    /// Whether rows of a day can match.
    func concerns(_ chunk: Chunks.Chunk) -> Bool {
        (self.query.since?.microseconds ?? .min) <= chunk.latest
            && (self.query.until?.microseconds ?? .max) > chunk.earliest
    }

    /// The condition on the rows of a day, and its arguments.
    var condition: (sql: String, arguments: StatementArguments) {
        var (sql, arguments) = self.numbers
        if let since = self.query.since {
            sql += " AND time >= ?"
            arguments += [since.microseconds]
        }
        if let until = self.query.until {
            sql += " AND time < ?"
            arguments += [until.microseconds]
        }
        if let text = self.query.pathContains {
            sql += " AND path IN (SELECT id FROM texts WHERE instr(text, ?) > 0)"
            arguments += [text]
        }
        return (sql, arguments)
    }

    /// The condition on roll-ups, at hours' precision.
    var rollupCondition: (sql: String, arguments: StatementArguments) {
        var (sql, arguments) = self.numbers
        if let since = self.query.since {
            sql += " AND hour >= ?"
            arguments += [since.hour]
        }
        if let until = self.query.until {
            sql += " AND hour < ?"
            arguments += [Timestamp(microseconds: until.microseconds + 3_599_999_999).hour]
        }
        return (sql, arguments)
    }

    private var numbers: (sql: String, arguments: StatementArguments) {
        var sql = "1"
        var arguments = StatementArguments()
        for (column, numbers) in [("verdict", self.verdicts), ("person", self.persons)] {
            guard let numbers else { continue }
            sql += " AND \(column) IN (SELECT value FROM json_each(?))"
            arguments += [JSONValue.array(numbers.map(JSONValue.integer)).text]
        }
        return (sql, arguments)
    }
}

extension DecisionQuery {
    /// Whether the query says anything about the verdict.
    fileprivate var asksForVerdict: Bool {
        self.resource != nil || self.action != nil || self.label != nil || self.decision != nil || !self.causes.isEmpty
            || self.causesAlone || self.policy != nil || self.service != nil || self.mode != nil || self.revision != nil
    }

    /// Whether a verdict is one of those asked for.
    fileprivate func matches(_ verdict: Verdict) -> Bool {
        if let resource = self.resource {
            let all = [verdict.resource].compactMap { $0 } + verdict.also.map(\.resource)
            guard all.contains(where: { $0.entry == resource || $0.id == resource || $0.name == resource }) else {
                return false
            }
        }
        if let action = self.action, verdict.action != action { return false }
        if let label = self.label, verdict.label != label { return false }
        if let decision = self.decision, verdict.decision != decision { return false }
        if self.causesAlone ? verdict.causes != self.causes : !verdict.causes.isSuperset(of: self.causes) {
            return false
        }
        if let policy = self.policy, !verdict.policies.contains(policy) { return false }
        if let service = self.service, verdict.service != service { return false }
        if let mode = self.mode, verdict.mode != mode { return false }
        if let revision = self.revision, verdict.revision != revision { return false }
        return true
    }
}
