import Directory
import Testing

@testable import OpenLDAPDirectory

@Suite("How far a watch is, and what of it is told")
struct WatchProgressTests {
    /// Two searches, of which the server knows where the last watch left off.
    private static func resumed() throws -> WatchProgress {
        var progress = WatchProgress()
        progress.begin(1, below: try DistinguishedName("ou=people"), isResumed: true)
        progress.begin(2, below: try DistinguishedName("ou=groups"), isResumed: true)
        return progress
    }

    @Test("No place is kept before the watch stands: what was uncertain until then was told to nobody")
    func placesAreKeptLate() throws {
        var progress = try Self.resumed()
        progress.note([1], of: 1)
        progress.toldWhatStays(1)
        progress.refreshed(1)
        progress.note([2], of: 1)
        #expect(progress.goesLive() == nil)
        #expect(progress.newPlaces().isEmpty)
        progress.refreshed(2)
        #expect(progress.goesLive() == false)
        #expect(progress.newPlaces().map(\.cookie) == [[2]])
        #expect(progress.newPlaces().isEmpty)
        progress.note([3], of: 2)
        #expect(progress.goesLive() == nil)
        #expect(progress.newPlaces().map(\.cookie) == [[3]])
    }

    @Test("A watch is exact if every search was resumed and told each deletion", arguments: [true, false])
    func exactness(toldWhatStays: Bool) throws {
        var progress = try Self.resumed()
        // A server may tell what is still there, and then what changed.
        if toldWhatStays { progress.toldWhatStays(2) }
        progress.allRefreshed()
        #expect(progress.goesLive() == !toldWhatStays)
    }

    @Test("Entries as they stand are no news, changes are")
    func news() throws {
        var progress = WatchProgress()
        progress.begin(1, below: try DistinguishedName("ou=people"), isResumed: false)
        #expect(!progress.isNews(1) && !progress.isNews(2))
        progress.refreshed(1)
        #expect(progress.isNews(1))
        #expect(progress.goesLive() == false)
        #expect(try Self.resumed().isNews(1))
    }
}

@Suite("Handing changes on")
struct ChangeFeedTests {
    @Test("Who was too slow is told to forget everything, though nothing more changes", .timeLimit(.minutes(15)))
    func slow() async {
        let feed = ChangeFeed(ServerList([], limits: DirectoryLimits()))
        feed.say(.live(.syncrepl))
        var changes = feed.listen().makeAsyncIterator()
        for _ in 0..<4_200 { feed.say(.membership) }
        feed.settle()
        #expect(await changes.next() == .live(.syncrepl))
        for _ in 0..<4_095 { #expect(await changes.next() == .membership) }
        feed.settle()
        #expect(await changes.next() == .everything)
        #expect(await changes.next() == .live(.syncrepl))
        feed.say(.membership)
        #expect(await changes.next() == .membership)
    }
}
