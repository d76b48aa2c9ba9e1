import DecisionLog
import Foundation
import PostgreSQLStorage
import SQLiteStorage
import Testing

/// Every write of a batch broken off in turn: after a restart, and without one, everything is there once.
@Suite("A batch that is broken off", .timeLimit(.minutes(20)))
struct BrokenOffTests {
    static let count: UInt64 = 200

    /// Feeds everything, as the log does: asking where to go on after each failure.
    static func feed(_ open: () throws -> any DecisionIndex, reopens: Bool) throws -> any DecisionIndex {
        var index = try open()
        var failures = 0
        while true {
            do {
                let next = try index.nextIndex()
                if next >= Self.count { return index }
                let end = min(Self.count, next + 13)
                try index.ingest((next..<end).map { SampleEntries.entry($0) }, next: end)
            } catch {
                failures += 1
                guard failures < 3 else { throw error }
                if reopens { index = try open() }
            }
        }
    }

    /// What must be the same however it came to be.
    static func content(_ index: any DecisionIndex) async throws -> ([DecisionRow], [DecisionCount], [LabelDenials]) {
        (
            try await index.all(page: 90),
            try await index.counts(DecisionQuery(), by: [.hour, .person, .resource, .policy, .flip], limit: 10_000),
            try await index.labelDenials(
                since: Timestamp(microseconds: 0),
                until: SampleEntries.midnight.adding(seconds: 86_400)
            )
        )
    }

    static func expectEqual(
        _ a: ([DecisionRow], [DecisionCount], [LabelDenials]),
        _ b: ([DecisionRow], [DecisionCount], [LabelDenials]),
        _ comment: Comment
    ) {
        #expect(a.0 == b.0, comment)
        #expect(a.1 == b.1, comment)
        #expect(a.2 == b.2, comment)
    }

    @Test("SQLite", arguments: SQLiteIndex.Step.allCases, [false, true])
    func sqlite(step: SQLiteIndex.Step, reopens: Bool) async throws {
        let whole = try await Self.content(try Self.feed({ try Store(.sqlite).open() }, reopens: false))
        #expect(whole.0.map(\.index) == Array(0..<Self.count))
        var (times, isDone) = (0, false)
        while !isDone {
            let (folder, interruptions) = (Folder(), Interruptions(after: times))
            let index = try Self.feed(
                {
                    try SQLiteIndex(folder: folder.path) { reached in
                        if reached == step { try interruptions.pass() }
                    }
                },
                reopens: reopens
            )
            isDone = !interruptions.isSpent
            times += 1
            let found = try await Self.content(index)
            Self.expectEqual(found, whole, "broken off at the \(times)th \(step)")
        }
        #expect(times > 1, "the step was never reached")
    }

    @Test(
        "PostgreSQL",
        .enabled(if: PostgreSQLServer.isInstalled, Comment(rawValue: PostgreSQLServer.missing)),
        arguments: PostgreSQLIndex.Step.allCases
    )
    func postgresql(step: PostgreSQLIndex.Step) async throws {
        let whole = try await Self.content(try Self.feed({ try Store(.sqlite).open() }, reopens: false))
        var (times, isDone) = (0, false)
        // A few places of each step: a database for each takes its time.
        for after in [0, 1, 4, 9] where !isDone {
            let (configuration, interruptions) = (
                try PostgreSQLServer.shared.database(), Interruptions(after: after)
            )
            let index = try Self.feed(
                {
                    PostgreSQLIndex(configuration, gateway: "plant-1", log: "key") { reached in
                        if reached == step { try interruptions.pass() }
                    }
                },
                reopens: after % 2 == 1
            )
            isDone = !interruptions.isSpent
            times += 1
            let found = try await Self.content(index)
            Self.expectEqual(found, whole, "broken off at the \(after + 1)th \(step)")
        }
        #expect(times > 1, "the step was never reached")
    }
}
