import NIOCore
import Profiles

/// What one event loop has learned about the things of a service by asking it.
///
/// A fact that never changes is kept; one that can change is kept for a few seconds, and dropped when a request says that
/// it will change it. That a thing does not exist is never kept: it may exist a moment later.
///
/// Confined to its event loop.
struct FactCache {
    private var permanent: [MetadataQuery: Fact] = [:]
    private var brief: [MetadataQuery: (fact: Fact, until: NIODeadline)] = [:]

    /// How often something was forgotten: what was concluded before may no longer be true.
    private(set) var forgotten: UInt64 = 0

    /// How many facts of each kind are kept, about 30 MB; beyond that all of the kind are forgotten.
    private static let capacity = 100_000
    private static let briefly = TimeAmount.seconds(5)

    /// What is known about a look-up.
    func fact(_ query: MetadataQuery, at now: NIODeadline) -> Fact? {
        switch query.lifetime {
        case .permanent: return self.permanent[query]
        case .momentary: return nil
        case .brief:
            guard let known = self.brief[query], known.until > now else { return nil }
            return known.fact
        }
    }

    /// Until when all of these facts are known; `nil` when one of them is not.
    func holds(_ queries: [MetadataQuery], at now: NIODeadline) -> NIODeadline? {
        var until = NIODeadline.distantFuture
        for query in queries {
            switch query.lifetime {
            case .momentary: return nil
            case .permanent: if self.permanent[query] == nil { return nil }
            case .brief:
                guard let known = self.brief[query], known.until > now else { return nil }
                until = min(until, known.until)
            }
        }
        return until
    }

    /// Keeps what was learned, if it may be kept.
    mutating func learn(_ fact: Fact, about query: MetadataQuery, at now: NIODeadline) {
        guard case .fields = fact else { return }
        switch query.lifetime {
        case .permanent:
            if self.permanent.count >= Self.capacity { self.permanent.removeAll() }
            self.permanent[query] = fact
        case .momentary: break
        case .brief:
            if self.brief.count >= Self.capacity { self.brief.removeAll() }
            self.brief[query] = (fact, now + Self.briefly)
        }
    }

    /// Drops what a request is about to change.
    mutating func forget(_ queries: [MetadataQuery]) {
        self.forgotten &+= 1
        for query in queries {
            self.permanent[query] = nil
            self.brief[query] = nil
        }
    }
}
