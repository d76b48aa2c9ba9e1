/// The keys that assertions are signed with, old and new.
///
/// A new key is published before it is used, and an old one for as long as something signed with it may be good, so that nobody who fetches the
/// key set now and then ever meets a signature that it cannot check.
package struct AssertionKeyRing: Sendable {
    /// How long a new key is published before it signs, in seconds.
    package static let lead: Int64 = 600

    /// How long an old key stays published after the next one signs, in seconds: far longer than any assertion is good for.
    package static let afterlife: Int64 = 86_400

    /// The keys, oldest first; at least one.
    package let keys: [AssertionKey]

    /// Puts a ring together; `nil` without a key.
    package init?(_ keys: [AssertionKey]) {
        guard !keys.isEmpty else { return nil }
        self.keys = keys.sorted { ($0.created, $0.id) < ($1.created, $1.id) }
    }

    /// The key that signs: the newest that has been published long enough, or the oldest while none has.
    package func signer(at now: Int64) -> AssertionKey {
        self.keys.last { $0.created + Self.lead <= now } ?? self.keys[0]
    }

    /// The keys that are published, oldest first.
    package func published(at now: Int64) -> [AssertionKey] {
        self.keys.enumerated().filter { index, _ in
            guard index + 1 < self.keys.count else { return true }
            return self.keys[index + 1].created + Self.lead + Self.afterlife > now
        }.map(\.element)
    }

    /// The key set, as upstreams fetch it.
    package func keySet(at now: Int64) -> String {
        "{\"keys\":[\(self.published(at: now).map(\.publicJSON).joined(separator: ","))]}"
    }
}
