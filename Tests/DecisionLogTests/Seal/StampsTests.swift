import Testing
import TransparencyLog

@testable import DecisionLog

@Suite("Stamped checkpoints")
struct StampsTests {
    /// A log that was stamped after a few entries and went on for long.
    private static func stamped() async throws -> (MemoryStore, LogKeys, Stamps, Checkpoint) {
        let (store, keys) = try await TamperTests.small()
        let stamps = Stamps(store: store)
        let checkpoint = try #require(try stamps.current())
        try stamps.keep(Array("answer".utf8), of: checkpoint, at: Timestamp(microseconds: 1_795_619_842_000_000))
        let log = try RunningLog(store, keys)
        for _ in 0..<300 { _ = await log.act() }
        log.log.close()
        let current = try #require(try SealedFiles(store: store).checkpoint(keys: [keys.signer.verifier]))
        return (store, keys, stamps, current)
    }

    @Test("A stamp is kept under its moment, and the log still begins with what was stamped")
    func kept() async throws {
        let (_, keys, stamps, current) = try await Self.stamped()
        #expect(try stamps.names() == ["2026-11-25T15-17-22Z"])
        let stamp = try stamps.stamp("2026-11-25T15-17-22Z")
        #expect(stamp.response == Array("answer".utf8))
        let checked = try stamps.check(stamp, against: current, keys: [keys.signer.verifier]).get()
        #expect(checked.size == 6)
        #expect(current.size > 300)
    }

    @Test("A log without stamps, and one that has nothing to stamp")
    func none() throws {
        let stamps = Stamps(store: MemoryStore())
        #expect(try stamps.names() == [])
        #expect(try stamps.current() == nil)
    }

    @Test("A stamp whose answer is gone says so")
    func missing() async throws {
        let (store, _, stamps, _) = try await Self.stamped()
        try store.remove("stamps/2026-11-25T15-17-22Z.tsr", durably: true)
        #expect(try stamps.stamp("2026-11-25T15-17-22Z").response == nil)
    }

    @Test("Every octet of the stamped checkpoint counts")
    func changed() async throws {
        let (_, keys, stamps, current) = try await Self.stamped()
        let stamp = try stamps.stamp("2026-11-25T15-17-22Z")
        for index in stamp.checkpoint.indices {
            var octets = stamp.checkpoint
            octets[index] ^= 0x02
            let other = Stamps.Stamp(name: stamp.name, checkpoint: octets, response: stamp.response)
            guard case .failure(.unsigned) = stamps.check(other, against: current, keys: [keys.signer.verifier]) else {
                Issue.record("octet \(index)")
                return
            }
        }
    }

    @Test("A history that the key's holder signed anew does not fit an old stamp")
    func fork() async throws {
        let (_, keys, stamps, current) = try await Self.stamped()
        func signed(_ size: UInt64, _ root: LogHash) throws -> Stamps.Stamp {
            let checkpoint = Checkpoint(origin: current.origin, size: size, root: root)
            let note = try checkpoint.signed(with: [keys.signer])
            return Stamps.Stamp(name: "x", checkpoint: note.bytes, response: nil)
        }
        let verifier = [keys.signer.verifier]
        let other = stamps.check(try signed(6, current.root), against: current, keys: verifier)
        #expect(other == .failure(.otherPast(6)))
        let longer = stamps.check(try signed(current.size + 1, current.root), against: current, keys: verifier)
        #expect(longer == .failure(.longer(current.size + 1)))
        let same = stamps.check(try signed(current.size, current.root), against: current, keys: verifier)
        #expect(try same.get().size == current.size)
    }
}
