import NIOCore
import Profiles

/// Several look-ups that are wanted together, made a few at a time.
///
/// Confined to its event loop.
final class LookUpRound {
    private let queries: [MetadataQuery]
    private let service: Service
    private let pool: UpstreamPool
    private let worker: Worker
    private var completion: (([MetadataQuery: Fact]) -> Void)?
    private var answers: [MetadataQuery: Fact] = [:]
    private var next = 0
    private var underWay = 0

    /// How many are made at a time: enough to be quick, too few to be a load on the upstream.
    private static let width = 8

    init(
        _ queries: [MetadataQuery],
        at service: Service,
        over pool: UpstreamPool,
        by worker: Worker,
        completion: @escaping ([MetadataQuery: Fact]) -> Void
    ) {
        self.queries = queries
        self.service = service
        self.pool = pool
        self.worker = worker
        self.completion = completion
    }

    /// Makes the first ones; the others follow as these are answered.
    func start() {
        while self.underWay < Self.width, self.next < self.queries.count {
            let query = self.queries[self.next]
            self.next += 1
            self.underWay += 1
            let lookUp = LookUp(query, of: self.service, over: self.pool) { fact in
                self.answers[query] = fact
                self.worker.sight.learn(fact, about: query, at: self.service)
                self.underWay -= 1
                self.start()
            }
            lookUp.start()
        }
        if self.underWay == 0, self.next == self.queries.count, let completion = self.completion {
            self.completion = nil
            completion(self.answers)
        }
    }
}
