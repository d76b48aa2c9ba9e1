import DecisionLog
import NIOCore
import Testing

@testable import Gateway

/// A flood of refusals is counted instead of recorded one by one, and none of it is lost.
@Suite("Counting repeated refusals")
struct RefusalFoldTests {
    /// Refuses at moments that a test names, and adds up what reaches the log.
    private final class Door {
        let world: SpineWorld
        private(set) var recorded = 0
        private(set) var repeated: [RecordedRepetition] = []
        private var fold = RefusalFold()
        private let ruling: Ruling
        private let who: PreparedPerson

        init() throws {
            self.world = try SpineWorld()
            let request = try self.world.request("/things/open")
            self.ruling = self.world.sight.ruling(refusing: .unauthenticated(because: "x"), request, by: nil)
            self.who = self.world.anna.principal.prepared
        }

        /// One refusal, at a moment in milliseconds, while the wall clock shows so many seconds.
        func refuse(at moment: Int64, wall: Int64, source: String = "1") {
            let key = RefusalFold.Key(source: source, reason: "x")
            let (moment, now) = (Self.moment(moment), Timestamp(microseconds: wall * 1_000_000))
            let trace = { RequestTrace(peer: source, method: "GET", path: "/") }
            if self.fold.count(self.ruling, by: self.who, at: moment, now, key: key, trace: trace) != nil { return }
            self.recorded += 1
            self.fold.begin(DecisionID(time: now, random: (0, 0)), at: moment, now, key: key)
        }

        func tick(at moment: Int64) { self.repeated += self.fold.due(at: Self.moment(moment)).map(\.repetition) }
        func end() { self.repeated += self.fold.due(at: .distantFuture).map(\.repetition) }

        var total: Int { self.recorded + Int(self.repeated.map(\.count).reduce(0, +)) }

        private static func moment(_ milliseconds: Int64) -> NIODeadline {
            .uptimeNanoseconds(UInt64(1_000_000_000_000 + milliseconds * 1_000_000))
        }
    }

    @Test("Whenever they come, between two ticks or after one, each is recorded or counted")
    func nothingLost() throws {
        let door = try Door()
        var refused = 0
        for moment in stride(from: Int64(0), to: 10_000, by: 30) {
            door.refuse(at: moment, wall: 1_000_000 + moment / 1_000)
            refused += 1
            // The loop looks four times a second, not when a run ends.
            if moment % 250 < 30 { door.tick(at: moment) }
        }
        door.end()
        #expect(door.total == refused)
        #expect((9...11).contains(door.recorded))
    }

    @Test(
        "A clock that is set does not make a second longer or shorter",
        arguments: [-86_400, -3_600, -1, 1, 3_600, 86_400] as [Int64]
    )
    func clock(jump: Int64) throws {
        let door = try Door()
        for moment in stride(from: Int64(0), to: 500, by: 100) { door.refuse(at: moment, wall: 1_000_000) }
        for moment in stride(from: Int64(500), to: 1_000, by: 100) { door.refuse(at: moment, wall: 1_000_000 + jump) }
        #expect(door.recorded == 1)
        door.tick(at: 1_000)
        #expect(door.repeated.map(\.count) == [9])
        door.refuse(at: 1_010, wall: 1_000_001 + jump)
        #expect(door.recorded == 2)
        // Until when is never before since when.
        #expect(door.repeated.allSatisfy { $0.until >= Timestamp(microseconds: 1_000_000 * 1_000_000) })
    }

    @Test("What was counted when the gateway stops is recorded")
    func stop() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            for _ in 0..<20 { #expect(try await client.ask("GET /things/open", "").status == 401) }
            await house.gateway.shutdown(grace: .milliseconds(50))
            func count() throws -> Int {
                let records = try house.records()
                let repeated = records.compactMap(\.repetition).map(\.count).reduce(0, +)
                return records.count { $0.repetition == nil } + Int(repeated)
            }
            // Handed to the journal by then, and perhaps not on disk yet.
            try await Patience.wait("all are recorded") { try count() >= 20 }
            #expect(try count() == 20)
        }
    }
}
