import Testing
import TransparencyLog

@testable import DecisionLog

/// Every write, sync, rename and removal of journal, keys and tree, broken in turn, in three ways, ended in two.
@Suite("Fault table", .timeLimit(.minutes(20)))
struct FaultTableTests {
    @Test(
        "No decision that was acted on is missing or there twice, and the tree continues",
        arguments: MemoryStore.Fault.allCases
    )
    func everyOperation(fault: MemoryStore.Fault) async throws {
        let keys = try Samples.keys()
        // How many operations the scenario has when nothing breaks.
        let calm = MemoryStore()
        _ = try await Self.scenario(calm, keys)
        for number in 1...calm.operations {
            let store = MemoryStore()
            store.breakOperation(number, fault)
            try await Self.check(store, keys, "operation \(number) \(fault)")
        }
    }

    @Test("Nor when everything is broken from some operation on", arguments: MemoryStore.Fault.allCases)
    func everyEnd(fault: MemoryStore.Fault) async throws {
        let keys = try Samples.keys()
        let calm = MemoryStore()
        _ = try await Self.scenario(calm, keys)
        for number in 1...calm.operations {
            let store = MemoryStore()
            store.breakOperation(number, fault, andAllAfter: true)
            try await Self.check(store, keys, "from operation \(number) \(fault)")
        }
    }

    static func check(_ store: MemoryStore, _ keys: LogKeys, _ name: String) async throws {
        let acted = (try? await Self.scenario(store, keys)) ?? []
        for after in [store.afterPowerFailure(), store.afterKill()] {
            let restarted = try RunningLog(after, keys)
            let more = try #require(await restarted.act())
            let found = try restarted.log.decisions
            #expect(Set(found).isSuperset(of: acted + [more]), "\(name): \(acted.count) acted on, \(found.count) found")
            #expect(Set(found).count == found.count, "\(name)")
            #expect(found.filter(Set(acted).contains) == acted, "\(name)")
            restarted.log.close()
            var verifier = LogVerifier(store: after, keys: [keys.signer.verifier])
            let report = verifier.verify()
            #expect(report.problems.isEmpty, "\(name): \(report.problems)")
            #expect(report.unsealed == 0, "\(name)")
        }
    }

    /// Acts a few times, over two runs, with sealing in between; tells what was acted on.
    static func scenario(_ store: MemoryStore, _ keys: LogKeys) async throws -> [DecisionID] {
        var acted: [DecisionID] = []
        for _ in 0..<2 {
            guard let running = try? RunningLog(store, keys, segmentBytes: 4000, sealMilliseconds: 1) else { continue }
            for _ in 0..<6 { if let id = await running.act() { acted.append(id) } }
            running.log.close()
        }
        return acted
    }
}
