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
            Announcement.tokenCreated(id), try Self.revoked(7), .policyRevision("sha256:ab"),
            .unknown(kind: "later", payload: [0, 10, 255]),
        ] {
            #expect(Announcement(kind: announcement.kind, payload: announcement.payload) == announcement)
        }
        #expect(Announcement(kind: "token-revoked", payload: Array("nonsense".utf8)) == nil)
        #expect(Announcement(kind: "later", payload: Array(repeating: 0, count: 4_097)) == nil)
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
        #expect(throws: AnnouncementRefusal.forged(name, sequence: 3)) { try self.reader.takeHeartbeat(third) }
    }

    @Test("The picture is fresh while every gateway is heard and nothing that it announced is missing")
    mutating func freshness() throws {
        #expect(!self.reader.isFresh(at: 0))
        for key in [self.one, self.other] {
            try self.reader.takeHeartbeat(try SignedAnnouncement(heartbeatAfter: 0, time: 100, by: key))
        }
        #expect(self.reader.isFresh(at: 130))
        #expect(!self.reader.isFresh(at: 131))
        // One announces, and somebody withholds it.
        try self.reader.takeHeartbeat(try SignedAnnouncement(heartbeatAfter: 1, time: 110, by: self.one))
        #expect(self.reader.stale(at: 111) == [self.one.verifier.announcerName])
        _ = try self.reader.take(try SignedAnnouncement(try Self.revoked(1), sequence: 1, time: 110, by: self.one))
        #expect(self.reader.isFresh(at: 111))
        // An older word that is put back changes nothing.
        try self.reader.takeHeartbeat(try SignedAnnouncement(heartbeatAfter: 0, time: 100, by: self.one))
        #expect(self.reader.isFresh(at: 130))
    }
}
