/// Waits for what another thread will do, which nothing tells the test about.
///
/// The limit is for what never comes, so that the test fails and does not hang: no machine that works is so slow.
enum Patience {
    /// Something that was waited for did not come.
    struct Exhausted: Error, CustomStringConvertible {
        let description: String
    }

    static func wait(_ what: String, until condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(300)
        while try await !condition() {
            guard ContinuousClock.now < end else { throw Exhausted(description: "waited in vain: \(what)") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
