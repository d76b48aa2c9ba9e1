import Foundation
import Testing

@testable import DecisionLog

/// Crashes, damage, erasure, retention, changes of keys and repairs in random order: what one of them gets right by itself,
/// two may get wrong together.
@Suite("A log's life", .timeLimit(.minutes(20)))
struct LogLifeTests {
    @Test("Whatever happens in whatever order, the log says what was done, and nothing that was signed is lost")
    func lives() async throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["STILE_LIVES"].flatMap { UInt64($0) } ?? 20
        let begin = environment["STILE_SEED"].flatMap { UInt64($0) } ?? 1
        var (repairs, restored, changes, dropped) = (0, 0, 0, 0)
        var seed = begin
        // What befalls a file depends on which files there are, and so on when the sealer ran: lives go on until all of it was seen.
        while seed < begin + count || repairs <= 5 || restored == 0 || changes <= 5 || dropped == 0 {
            var life = try LogLife(seed: seed)
            for _ in 0..<12 { try await life.step() }
            try await life.end()
            repairs += life.repairs
            restored += life.restored
            changes += life.changes
            dropped += life.dropped
            seed += 1
        }
        print("\(seed - begin) lives: \(repairs) repairs, \(restored) copies put back, \(changes) changes of keys")
        print("parts were dropped \(dropped) times")
    }
}
