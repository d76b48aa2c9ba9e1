import Profiles

/// The laws of requests.
enum RouteLaws {
    private static let profile = MLflowProfile(service: "mlflow")

    /// The calls that take what they are about from their body.
    private static let calls = [
        "/api/2.0/mlflow/runs/log-metric", "/api/2.0/mlflow/runs/log-batch", "/api/2.0/mlflow/runs/search",
        "/api/2.0/mlflow/experiments/create", "/api/2.0/mlflow/experiments/update",
        "/api/2.0/mlflow/model-versions/create", "/api/3.0/mlflow/traces", "/api/3.0/mlflow/traces/search", "/graphql",
    ]

    /// Checks one input as the body of each call; see ``ProfileLaws``.
    static func violation(byBody bytes: [UInt8]) -> String? {
        for call in Self.calls {
            guard case .meaning(let meaning) = Self.resolve(Self.profile, .post, call, body: bytes) else { continue }
            guard !meaning.questions.isEmpty else { return "a meaning without a question" }
            guard !meaning.isStable else { return "a meaning from a body is to be remembered by its target" }
            guard (try? JSONDocument(bytes)) != nil else { return "a body that is no JSON has a meaning" }
        }
        return nil
    }

    /// Checks one input as method, path and query; see ``ProfileLaws``.
    static func violation(byTarget bytes: [UInt8]) -> String? {
        guard let first = bytes.first, let target = String(validating: bytes.dropFirst(), as: UTF8.self) else {
            return nil
        }
        let methods = ProfileRequest.Method.allCases
        let method = methods[Int(first) % methods.count]
        guard case .meaning(let meaning) = Self.resolve(Self.profile, method, target, body: nil) else { return nil }
        guard !meaning.questions.isEmpty else { return "a meaning without a question" }
        if target.hasPrefix("/api/2.0/mlflow-artifacts/artifacts/"),
            !target.split(separator: "?")[0].split(separator: "/").dropFirst(4).contains("artifacts")
        {
            return "artifacts that are nobody's"
        }
        return nil
    }

    /// Walks a request to its end.
    static func resolve(
        _ profile: MLflowProfile,
        _ method: ProfileRequest.Method,
        _ target: String,
        body: [UInt8]?
    ) -> Resolution {
        let parts = target.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        let request = ProfileRequest(
            method: method,
            path: Array(parts[0]),
            query: parts.count > 1 ? Array(parts[1]) : nil,
            contentType: Array("application/json".utf8),
            body: body.map(ProfileRequest.Body.held) ?? .none
        )
        var facts = MetadataFacts()
        for _ in 0..<profile.maximumRounds {
            let resolution = profile.resolve(request, known: facts)
            guard case .needsMetadata(let queries) = resolution else { return resolution }
            for query in queries { facts[query] = Self.fact(query) }
        }
        fatalError("a request takes more rounds than allowed")
    }

    /// A server in which everything exists.
    static func fact(_ query: MetadataQuery) -> Fact {
        switch query.kind {
        case "experiment", "experiment-name": .fields(["id": "1", "name": "press4"])
        case "registered-model": .fields(["name": query.id])
        case "model-version": .fields(["name": "press", "version": "1", "run": "r1", "source": "models:/m-1"])
        case "dataset": .fields(["experiments": "1"])
        default: .fields(["experiment": "1", "root": "mlflow-artifacts:/1/\(query.id)/artifacts"])
        }
    }
}
