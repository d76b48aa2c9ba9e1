import Catalog
import Profiles

/// The laws of filtered answers.
enum FilterLaws {
    private static let profile = MLflowProfile(service: "mlflow")

    /// The calls whose answers are cut down.
    private static let calls: [(ProfileRequest.Method, String)] = [
        (.get, "/api/2.0/mlflow/experiments/search"),
        (.get, "/api/2.0/mlflow/registered-models/search"),
        (.get, "/api/2.0/mlflow/registered-models/get?name=press"),
        (.get, "/api/2.0/mlflow/model-versions/search"),
        (.get, "/api/3.0/mlflow/datasets/search?experiment_ids=1"),
    ]

    /// Checks one input as the answer to each call; see ``ProfileLaws``.
    static func violation(by bytes: [UInt8]) -> String? {
        for (method, target) in Self.calls {
            guard case .meaning(let meaning) = RouteLaws.resolve(Self.profile, method, target, body: nil),
                let filter = meaning.filter
            else { return "\(target) is not filtered" }
            if let broken = Self.violation(by: bytes, filter) { return broken }
        }
        return nil
    }

    private static func violation(by bytes: [UInt8], _ filter: any AnswerFilter) -> String? {
        let all = Self.filtered(bytes, by: filter) { _ in true }
        let none = Self.filtered(bytes, by: filter) { _ in false }
        guard (all == nil) == (none == nil) else { return "whether an answer is understood depends on who asks" }
        guard let all, let none else { return nil }
        guard (try? JSONDocument(all)) != nil, (try? JSONDocument(none)) != nil else { return "a list is no JSON" }
        guard none.count <= all.count, all.count <= bytes.count else { return "a filter adds something" }
        // What nobody may see is gone for good: filtering again takes nothing more.
        guard Self.filtered(all, by: filter, permits: { _ in true }) == all else { return "a second pass differs" }
        return nil
    }

    private static func filtered(
        _ bytes: [UInt8],
        by filter: any AnswerFilter,
        permits: (Question) -> Bool
    ) -> [UInt8]? {
        var facts = MetadataFacts()
        for _ in 0..<Self.profile.maximumRounds {
            switch filter.apply(to: bytes, known: facts, permits: permits) {
            case .filtered(let left, _): return left
            case .needsMetadata(let queries): for query in queries { facts[query] = RouteLaws.fact(query) }
            case .failed: return nil
            }
        }
        return nil
    }
}
