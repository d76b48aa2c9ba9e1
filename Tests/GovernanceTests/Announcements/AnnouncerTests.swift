import Governance
import Testing
import TransparencyLog

@Suite("What a gateway announced itself")
struct AnnouncerTests {
    @Test("It is there after a restart, in order, and counted on; also what was said under a key from before")
    func kept() async throws {
        try await Samples.inFolder { store in
            let key = try #require(NoteSignerKey(name: "plant-1"))
            let announcer = try Announcer(key, in: store)
            let said: [Announcement] = [
                .grantGiven(Samples.grant()), .unknown(kind: "later", payload: [0, 10, 10, 255]),
                .unknown(kind: "later", payload: []),
            ]
            for announcement in said { try announcer.announce(announcement, time: 7) }
            let again = try Announcer(key, in: store)
            #expect(again.all == announcer.all && again.sequence == 3)
            #expect(again.all.map { Announcement(kind: $0.kind, payload: $0.payload) } == said)
            let fresh = try #require(NoteSignerKey(name: "plant-1"))
            try Announcer(fresh, in: store).announce(said[0], time: 8)
            #expect(Set(try Announcer.keys(in: store)) == [key.verifier, fresh.verifier])
            #expect(try Announcer.history(in: store).count == 4)
        }
    }

    @Test("A file that was changed, removed or put there stops the start, and is named", arguments: [0, 1, 2])
    func damaged(what: Int) async throws {
        try await Samples.inFolder { store in
            let key = try #require(NoteSignerKey(name: "plant-1"))
            let announcer = try Announcer(key, in: store)
            for number in 1...3 as ClosedRange<Int64> {
                try announcer.announce(.grantGiven(Samples.grant()), time: number)
            }
            let id = key.verifier.announcerName.split(separator: "+").last ?? ""
            let path = "announced/\(id)/000000000002"
            var bytes = try store.read(path)
            switch what {
            case 0:
                bytes[bytes.count - 1] ^= 1
                try store.replace(path, with: bytes, durably: false)
            case 1: try store.remove(path, durably: false)
            default: try store.replace("announced/\(id)/000000000004", with: bytes, durably: false)
            }
            #expect {
                _ = try Announcer(key, in: store)
            } throws: { error in
                "\(error)".contains(what == 2 ? "000000000004" : "000000000002")
            }
        }
    }

    @Test("A start reads each announcement once, whatever keys there were")
    func linear() async throws {
        try await Samples.inFolder { folder in
            let store = CountingStore(folder)
            let keys = try (0..<2).map { _ in try #require(NoteSignerKey(name: "plant-1")) }
            func start() throws -> Int {
                _ = store.counted()
                let announcer = try Announcer(keys[0], in: store)
                let former = try Announcer.history(in: store, besides: [announcer])
                return store.counted() - announcer.all.count - former.count
            }
            var beyond: [Int] = []
            for number in 1...40 {
                for key in keys {
                    let announcer = try Announcer(key, in: folder)
                    try announcer.announce(.grantGiven(Samples.grant()), time: Int64(number))
                }
                if number % 20 == 0 { beyond.append(try start()) }
            }
            // Listing folders and reading keys: as often for 80 announcements as for 40.
            #expect(beyond[0] == beyond[1] && beyond[0] < 10)
        }
    }

    @Test("Only the next announcement of its own is kept")
    func next() async throws {
        try await Samples.inFolder { store in
            let announcer = try Announcer(try #require(NoteSignerKey(name: "plant-1")), in: store)
            let first = try announcer.next(.grantGiven(Samples.grant()), time: 1)
            try announcer.keep(first)
            #expect(throws: GovernanceFailure.self) { try announcer.keep(first) }
            let stranger = try #require(NoteSignerKey(name: "plant-1"))
            let foreign = try SignedAnnouncement(.grantGiven(Samples.grant()), sequence: 2, time: 1, by: stranger)
            #expect(throws: GovernanceFailure.self) { try announcer.keep(foreign) }
            #expect(announcer.sequence == 1)
        }
    }
}
