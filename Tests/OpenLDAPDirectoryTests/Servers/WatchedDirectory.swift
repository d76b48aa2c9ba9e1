import Directory
import Testing

@testable import OpenLDAPDirectory

/// A directory and what a watch over it tells, from the moment when the watch stands.
final class WatchedDirectory {
    let directory: OpenLDAPDirectory
    private let watch: OpenLDAPWatch
    private var changes: AsyncStream<DirectoryChange>.Iterator

    /// Begins to watch, and waits until changes are told.
    ///
    /// - Parameters:
    ///   - configuration: How the directory is asked.
    ///   - method: In which way changes have to be noticed.
    /// - Throws: When the configuration makes no directory.
    init(_ configuration: OpenLDAPConfiguration, by method: WatchMethod = .syncrepl) async throws {
        self.directory = try OpenLDAPDirectory(configuration)
        self.watch = OpenLDAPWatch(self.directory)
        self.changes = self.watch.changes().makeAsyncIterator()
        #expect(await self.hears(.live(method)))
    }

    /// Ends the watch and the directory.
    func stop() {
        self.watch.stop()
        self.directory.stop()
    }

    /// Whether this is told; what is told before it is passed over.
    func hears(_ change: DirectoryChange) async -> Bool { await self.next { $0 == change } != nil }

    /// The next change of a kind; others are passed over.
    func next(_ isWanted: (DirectoryChange) -> Bool = { _ in true }) async -> DirectoryChange? {
        while let change = await self.changes.next() {
            if isWanted(change) { return change }
        }
        return nil
    }

    /// What somebody else is told who listens from now on.
    func another() -> AsyncStream<DirectoryChange>.Iterator { self.watch.changes().makeAsyncIterator() }
}

/// A worker that watches in the one way that a test asks for, whatever the server would rather do.
struct LooseWatch {
    let worker: Worker
    let servers: ServerList
    let feed: ChangeFeed
    let pulse = Pulse()
    let server: ServerAddress
    private var changes: AsyncStream<DirectoryChange>.Iterator

    init(_ configuration: OpenLDAPConfiguration) {
        var configuration = configuration
        // Nobody declares this watch lost; it only looks that often whether it is to stop.
        configuration.limits.silence = .milliseconds(600)
        self.servers = ServerList(configuration.servers, limits: configuration.limits)
        self.worker = Worker(number: 9, configuration: configuration, servers: self.servers)
        self.feed = ChangeFeed(self.servers)
        self.server = configuration.servers[0]
        self.pulse.begin(self.worker.lifeline.begin())
        self.changes = self.feed.listen().makeAsyncIterator()
    }

    /// Waits until something is told.
    mutating func hear(_ isWanted: (DirectoryChange) -> Bool) async {
        while let change = await self.changes.next(), !isWanted(change) {}
    }
}

extension DirectoryChange {
    /// Whether somebody has changed, whoever it is.
    var isPerson: Bool { if case .person = self { true } else { false } }

    /// Whether the watch was lost, for whatever reason.
    var isLost: Bool { if case .lost = self { true } else { false } }
}
