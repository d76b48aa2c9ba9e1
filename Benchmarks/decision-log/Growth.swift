import DecisionLog
import Foundation

/// How an index grows: one table row for each size, of what it takes on disk and how long questions last.
struct Growth {
    let index: any DecisionIndex
    let total: Int
    /// The bytes that the index takes on disk.
    let size: () throws -> Int
    /// Takes the index's files out of the system's memory, so that the next question reads from the disk.
    var forget: () throws -> Void = {}

    func run() async throws {
        var decisions = SyntheticDecisions(total: self.total)
        var next = 0
        var ingesting = 0.0
        let start = ContinuousClock.now
        var told = ContinuousClock.now
        while true {
            let batch = decisions.next(16_384)
            if batch.isEmpty { break }
            next += batch.count
            let before = ContinuousClock.now
            try self.index.ingest(batch, next: UInt64(next))
            ingesting += Self.seconds(since: before)
            if Self.seconds(since: told) > 30 {
                told = .now
                Self.say(
                    "\(next) of \(self.total), \(Int(Double(next) / ingesting))/s, \(Int(Self.seconds(since: start))) s"
                )
            }
        }
        // One entry of the day after, so that the last day is over, too.
        var last = IndexedEntry(
            index: UInt64(next),
            record: DecisionRecord(
                id: DecisionID(time: SyntheticDecisions.start.adding(seconds: 30 * 86_400), random: (0, 0)),
                time: SyntheticDecisions.start.adding(seconds: 30 * 86_400),
                verdict: Verdict(gateway: "plant-1", service: "", decision: .deny, causes: .account, revision: "")
            )
        )
        last.count = 1
        try self.index.ingest([last], next: UInt64(next + 1))
        let bytes = Double(try self.size()) / Double(self.total)
        print("ingested \(self.total) at \(Int(Double(self.total) / ingesting))/s, \(Self.rounded(bytes)) bytes each")
        try await self.questions(rate: Int(Double(self.total) / ingesting), bytes: bytes)
    }

    private func questions(rate: Int, bytes: Double) async throws {
        let since = SyntheticDecisions.start
        let until = since.adding(seconds: 30 * 86_400)
        let rows = { (query: DecisionQuery) in
            try await self.index.page(query, order: .newestFirst, after: nil, limit: 100).rows.count
        }
        let counts = { (query: DecisionQuery, by: [CountGrouping]) in
            try await self.index.counts(query, by: by, limit: 1_000).count
        }
        let whole = DecisionQuery(since: since, until: until)
        var month = whole
        month.decision = .deny
        let questions: [(String, () async throws -> Int)] = [
            ("person", { try await rows(DecisionQuery(person: "person1200")) }),
            ("rare person", { try await rows(DecisionQuery(person: "person4999")) }),
            ("resource", { try await rows(DecisionQuery(resource: "set-1000")) }),
            (
                "denied, a week ago",
                {
                    try await rows(DecisionQuery(until: until.adding(seconds: -7 * 86_400), decision: .deny))
                }
            ),
            ("by resource, decision", { try await counts(whole, [.resource, .decision]) }),
            ("by day, causes", { try await counts(whole, [.day, .causes]) }),
            ("by person", { try await counts(whole, [.person]) }),
            ("denials by person, resource", { [month] in try await counts(month, [.person, .resource]) }),
            ("queue", { try await self.index.labelDenials(since: since, until: until).count }),
        ]
        var (cells, cold): ([String], [String]) = ([], [])
        for (name, ask) in questions {
            var times: [Double] = []
            var found = 0
            // Asked for the first time, as after a start; then again and again.
            try self.forget()
            for _ in 0..<6 {
                let start = ContinuousClock.now
                found = try await ask()
                times.append(Self.seconds(since: start))
            }
            let (first, median) = (times[0], times.dropFirst().sorted()[2])
            print(
                "\(name): \(Self.rounded(first * 1000)) ms first, \(Self.rounded(median * 1000)) ms median, \(found) found"
            )
            cells.append(Self.rounded(median * 1000))
            cold.append(Self.rounded(first * 1000))
        }
        print("| \(self.total) | \(rate) | \(Self.rounded(bytes)) | " + cells.joined(separator: " | ") + " |")
        print("| \(self.total), nothing in memory | | | " + cold.joined(separator: " | ") + " |")
    }

    static func seconds(since start: ContinuousClock.Instant) -> Double {
        let passed = ContinuousClock.now - start
        return Double(passed.components.seconds) + Double(passed.components.attoseconds) / 1e18
    }

    private static func rounded(_ value: Double) -> String { String(format: "%.1f", value) }

    private static func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
