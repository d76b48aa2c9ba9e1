import Governance
import Testing
import TransparencyLog

@Suite("Gateways that count back, and that are not heard for long")
struct BackupTests {
    let peer: NoteSignerKey
    let own: NoteSignerKey
    var reader: AnnouncementReader

    init() throws {
        self.peer = try #require(NoteSignerKey(name: "plant-1"))
        self.own = try #require(NoteSignerKey(name: "plant-2"))
        self.reader = AnnouncementReader(keys: [self.peer.verifier, self.own.verifier], staleSeconds: 30)
    }

    func said(_ number: UInt64, _ word: String = "") throws -> SignedAnnouncement {
        try SignedAnnouncement(
            .unknown(kind: "word", payload: Array("\(number)\(word)".utf8)),
            sequence: number,
            time: 5,
            by: self.peer
        )
    }

    mutating func beat(_ sequence: UInt64, at time: Int64) throws {
        try self.reader.takeHeartbeat(
            SignedAnnouncement(heartbeatAfter: sequence, time: time, by: self.peer),
            at: time
        )
    }

    @Test(
        "Who counts back is reported, is not fresh until they have counted as far again, and is read from the first on"
    )
    mutating func rewound() throws {
        let name = self.peer.verifier.announcerName
        for number in 1...3 as ClosedRange<UInt64> { _ = try self.reader.take(self.said(number)) }
        try self.beat(3, at: 100)
        #expect(!self.reader.stale(at: 100).contains(name))
        #expect(throws: AnnouncementRefusal.rewound(name, sequence: 1, taken: 3)) { try self.beat(1, at: 105) }
        #expect(self.reader.stale(at: 105).contains(name))
        // What it says from then on has numbers that were taken before, and is heard.
        #expect(try self.reader.take(self.said(1)) == .unknown(kind: "word", payload: Array("1".utf8)))
        let again = try self.said(2, " after the backup")
        #expect(try self.reader.take(again) == .unknown(kind: "word", payload: again.payload))
        try self.beat(2, at: 110)
        #expect(self.reader.stale(at: 110).contains(name), "fewer than were heard before")
        #expect(self.reader.isRewound(name))
        _ = try self.reader.take(self.said(3, " after the backup"))
        try self.beat(3, at: 115)
        #expect(!self.reader.stale(at: 115).contains(name))
        #expect(!self.reader.isRewound(name))
    }

    @Test(
        "A word from before, played again, is not counting back; nor is a first word from before the rows that are there"
    )
    mutating func replayed() throws {
        for number in 1...3 as ClosedRange<UInt64> { _ = try self.reader.take(self.said(number)) }
        try self.beat(3, at: 100)
        try self.reader.takeHeartbeat(SignedAnnouncement(heartbeatAfter: 1, time: 99, by: self.peer), at: 101)
        #expect(self.reader.taken[self.peer.verifier.announcerName] == 3)
        // Whoever has named the key that follows says no more, so its last word is older than its last announcement.
        let follows = try SignedAnnouncement(.keyFollows(self.own.verifier), sequence: 4, time: 5, by: self.peer)
        _ = try self.reader.take(follows)
        try self.beat(3, at: 102)
        #expect(self.reader.taken[self.peer.verifier.announcerName] == 4)
    }

    @Test(
        "Known whole is a gateway as of its last signed word that nothing else was announced; what is withheld makes that old"
    )
    mutating func incomplete() throws {
        let name = self.peer.verifier.announcerName
        func missing(_ now: Int64) -> [String] {
            self.reader.incomplete(at: now, for: 60, since: 40, besides: self.own.verifier.announcerName)
        }
        #expect(missing(100) == [], "from the start on there is as much time as later")
        #expect(missing(101) == [name])
        try self.beat(0, at: 101)
        #expect(missing(161) == [])
        #expect(missing(162) == [name])
        // It says that there is one, and that is held back: further words do not help.
        for time in [130, 160, 190] as [Int64] { try self.beat(1, at: time) }
        #expect(missing(161) == [])
        #expect(missing(190) == [name])
        _ = try self.reader.take(self.said(1))
        #expect(missing(190) == [])
        #expect(missing(170) == [name], "a clock that was set back makes nothing younger")
    }
}
