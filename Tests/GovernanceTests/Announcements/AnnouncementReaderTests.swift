import Governance
import Testing
import TransparencyLog

@Suite("Announcements between gateways")
struct AnnouncementReaderTests {
    let one: NoteSignerKey
    let other: NoteSignerKey
    var reader: AnnouncementReader

    init() throws {
        self.one = try #require(NoteSignerKey(name: "plant-1.example"))
        self.other = try #require(NoteSignerKey(name: "plant-2.example"))
        self.reader = AnnouncementReader(keys: [self.one.verifier, self.other.verifier], staleSeconds: 30)
    }

    static func revoked(_ number: Int) throws -> Announcement {
        let digits = String(number, radix: 16)
        return .tokenRevoked(
            try #require(TokenID(String(repeating: "0", count: 16 - digits.count) + digits)),
            time: 100,
            by: "uuid:eva with a space"
        )
    }

    @Test("Each kind comes back as it was said")
    func kinds() throws {
        let id = try #require(TokenID("0123456789abcdef"))
        for announcement in [
            Announcement.tokenCreated(id), try Self.revoked(7), .policyProposed(try Samples.proposal()),
            .policyPublished(try Samples.publication(approvedBy: "uuid:hugo")),
            .policyPublished(try Samples.publication(approvedBy: nil)), .grantGiven(Samples.grant()),
            .grantWithdrawn(GrantID(), time: 7, by: Signatory(id: "uuid:otto", name: "otto")),
            .keyFollows(self.other.verifier),
            .unknown(kind: "later", payload: [0, 10, 255]),
        ] {
            #expect(Announcement(kind: announcement.kind, payload: announcement.payload) == announcement)
        }
        #expect(Announcement(kind: "token-revoked", payload: Array("nonsense".utf8)) == nil)
        #expect(Announcement(kind: "later", payload: Array(repeating: 0, count: 4_097)) == nil)
        for kind in ["policy-proposed", "policy-published", "grant-given", "grant-withdrawn", "key-follows"] {
            for payload in ["", "nonsense", String(repeating: "\n", count: 7), String(repeating: "\n", count: 10)] {
                #expect(Announcement(kind: kind, payload: Array(payload.utf8)) == nil, "\(kind)")
            }
        }
        // A line break in a text cannot begin another part.
        let sly = Announcement.grantGiven(Samples.grant(reason: "a\nb\r\nc"))
        #expect(
            Announcement(kind: sly.kind, payload: sly.payload) == .grantGiven(Samples.grant(reason: "a b c"))
        )
    }

    @Test("Announcements of several gateways are taken in the order of each")
    mutating func order() throws {
        for sequence in 1...3 as ClosedRange<UInt64> {
            for key in [self.one, self.other] {
                let announcement = try Self.revoked(Int(sequence))
                let signed = try SignedAnnouncement(announcement, sequence: sequence, time: 5, by: key)
                #expect(try self.reader.take(signed) == announcement)
            }
        }
        #expect(self.reader.taken.values.sorted() == [3, 3])
    }

    @Test("What is changed in any field, repeated, skipped, or signed by a stranger is refused, and changes nothing")
    mutating func refusals() throws {
        let first = try SignedAnnouncement(try Self.revoked(1), sequence: 1, time: 5, by: self.one)
        let name = self.one.verifier.announcerName
        let changes: [(inout SignedAnnouncement) -> Void] = [
            { $0.time += 1 }, { $0.sequence += 1 }, { $0.kind = "token-created" }, { $0.payload[0] ^= 1 },
            { $0.signature[5] ^= 1 }, { $0.signature = [] }, { [other] in $0.signer = other.verifier.announcerName },
        ]
        for change in changes {
            var signed = first
            change(&signed)
            #expect(throws: AnnouncementRefusal.forged(signed.signer, sequence: signed.sequence)) {
                try self.reader.take(signed)
            }
        }
        let stranger = try #require(NoteSignerKey(name: "plant-1.example"))
        let strange = try SignedAnnouncement(try Self.revoked(1), sequence: 1, time: 5, by: stranger)
        #expect(throws: AnnouncementRefusal.unknownSigner(stranger.verifier.announcerName)) {
            try self.reader.take(strange)
        }
        let third = try SignedAnnouncement(try Self.revoked(3), sequence: 3, time: 5, by: self.one)
        #expect(throws: AnnouncementRefusal.missing(name, sequence: 1)) { try self.reader.take(third) }
        #expect(try self.reader.take(first) == Self.revoked(1))
        #expect(throws: AnnouncementRefusal.repeated(name, sequence: 1)) { try self.reader.take(first) }
        #expect(throws: AnnouncementRefusal.missing(name, sequence: 2)) { try self.reader.take(third) }
        #expect(self.reader.taken[name] == 1)
        // A heartbeat is no announcement, nor the other way round.
        let beat = try SignedAnnouncement(heartbeatAfter: 2, time: 5, by: self.one)
        #expect(throws: AnnouncementRefusal.forged(name, sequence: 2)) { try self.reader.take(beat) }
        #expect(throws: AnnouncementRefusal.forged(name, sequence: 3)) { try self.reader.takeHeartbeat(third, at: 5) }
    }

    @Test("The picture is fresh while every gateway is heard and nothing that it announced is missing")
    mutating func freshness() throws {
        #expect(!self.reader.isFresh(at: 0))
        for key in [self.one, self.other] {
            try self.reader.takeHeartbeat(try SignedAnnouncement(heartbeatAfter: 0, time: 100, by: key), at: 100)
        }
        #expect(self.reader.isFresh(at: 130))
        #expect(!self.reader.isFresh(at: 131))
        // One announces, and somebody withholds it.
        try self.reader.takeHeartbeat(try SignedAnnouncement(heartbeatAfter: 1, time: 110, by: self.one), at: 110)
        #expect(self.reader.stale(at: 111) == [self.one.verifier.announcerName])
        _ = try self.reader.take(try SignedAnnouncement(try Self.revoked(1), sequence: 1, time: 110, by: self.one))
        #expect(self.reader.isFresh(at: 111))
        // An older word that is put back changes nothing.
        try self.reader.takeHeartbeat(try SignedAnnouncement(heartbeatAfter: 0, time: 100, by: self.one), at: 100)
        #expect(self.reader.isFresh(at: 130))
    }

    @Test("A word from the future is none: neither a clock that was ahead nor one that was set back hides silence")
    mutating func clocks() throws {
        let keys = [self.one, self.other]
        for key in keys {
            try self.reader.takeHeartbeat(try SignedAnnouncement(heartbeatAfter: 0, time: 100, by: key), at: 100)
            try self.reader.takeHeartbeat(try SignedAnnouncement(heartbeatAfter: 0, time: 9_000, by: key), at: 101)
        }
        #expect(self.reader.isFresh(at: 130))
        #expect(self.reader.stale(at: 131).count == 2)
        // The clocks are right again, and so is the picture.
        for key in keys {
            try self.reader.takeHeartbeat(try SignedAnnouncement(heartbeatAfter: 0, time: 140, by: key), at: 131)
        }
        #expect(self.reader.isFresh(at: 131))
        // This gateway's own clock was ahead, and is set back.
        #expect(self.reader.stale(at: 50).count == 2)
        for key in keys {
            try self.reader.takeHeartbeat(try SignedAnnouncement(heartbeatAfter: 0, time: 51, by: key), at: 51)
        }
        #expect(self.reader.isFresh(at: 52))
        for time in [Int64.min, .max, 0] {
            try self.reader.takeHeartbeat(try SignedAnnouncement(heartbeatAfter: 0, time: time, by: self.one), at: 53)
        }
        #expect(self.reader.lastWord(of: self.one.verifier.announcerName) == 51)
    }

    @Test("A gateway whose key changes is followed to the new one, and not missed under the old one")
    mutating func keyChange() throws {
        let fresh = try #require(NoteSignerKey(name: "plant-1.example"))
        let later = try SignedAnnouncement(try Self.revoked(9), sequence: 1, time: 60, by: fresh)
        let name = fresh.verifier.announcerName
        #expect(throws: AnnouncementRefusal.unknownSigner(name)) { try self.reader.take(later) }
        for key in [self.one, self.other] {
            try self.reader.takeHeartbeat(try SignedAnnouncement(heartbeatAfter: 0, time: 50, by: key), at: 50)
        }
        _ = try self.reader.take(
            try SignedAnnouncement(.keyFollows(fresh.verifier), sequence: 1, time: 55, by: self.one)
        )
        #expect(self.reader.stale(at: 60) == [name], "its first word under the new key is waited for")
        #expect(try self.reader.take(later) == Self.revoked(9))
        // Whoever has the old key can say nothing with it any more.
        let thief = try SignedAnnouncement(.grantGiven(Samples.grant()), sequence: 2, time: 70, by: self.one)
        #expect(throws: AnnouncementRefusal.afterLast(self.one.verifier.announcerName, sequence: 2)) {
            try self.reader.take(thief)
        }
        for key in [fresh, self.other] {
            try self.reader.takeHeartbeat(try SignedAnnouncement(heartbeatAfter: 1, time: 200, by: key), at: 200)
        }
        #expect(self.reader.stale(at: 210) == [self.other.verifier.announcerName], "it announced what did not come")
        // What was said under a key of one's own from before is believed, and nobody waits for more of it.
        var own = AnnouncementReader(keys: [fresh.verifier], former: [self.one.verifier], staleSeconds: 30)
        try own.takeHeartbeat(try SignedAnnouncement(heartbeatAfter: 0, time: 100, by: fresh), at: 100)
        #expect(own.isFresh(at: 110))
        let old = try SignedAnnouncement(try Self.revoked(3), sequence: 1, time: 5, by: self.one)
        #expect(try own.take(old) == Self.revoked(3))
    }
}
