import Governance
import Testing
import TransparencyLog

@Suite("What was taken back and could not be told")
struct UntoldAnnouncementsTests {
    static let withdrawal = Announcement.grantWithdrawn(
        Samples.grant().id,
        time: 7,
        by: Signatory(id: "uuid:otto", name: "otto")
    )

    @Test("It is there after a restart, once, until it was told")
    func kept() async throws {
        try await Samples.inFolder { store in
            let untold = try UntoldAnnouncements(in: store)
            try untold.add(Self.withdrawal)
            try untold.add(Self.withdrawal)
            let other = Announcement.tokenRevoked(try #require(TokenID("0123456789abcdef")), time: 8, by: "uuid:eva")
            try untold.add(other)
            let again = try UntoldAnnouncements(in: store)
            #expect(Set(again.all) == [Self.withdrawal, other] && again.all.count == 2)
            again.remove(Self.withdrawal)
            #expect(again.all == [other])
            #expect(try UntoldAnnouncements(in: store).all == [other])
        }
    }

    @Test("A file that was changed stops the start, and is named")
    func damaged() async throws {
        try await Samples.inFolder { store in
            try UntoldAnnouncements(in: store).add(Self.withdrawal)
            let name = try #require(try store.list("untold").first)
            var bytes = try store.read("untold/\(name)")
            bytes[bytes.count - 1] ^= 1
            try store.replace("untold/\(name)", with: bytes, durably: false)
            #expect {
                _ = try UntoldAnnouncements(in: store)
            } throws: { error in
                "\(error)".contains(name)
            }
        }
    }
}
