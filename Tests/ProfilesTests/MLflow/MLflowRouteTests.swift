import Testing

@testable import Profiles

@Suite("What MLflow's calls mean")
struct MLflowRouteTests {
    static let examples =
        MLflowExample.tracking + MLflowExample.traces + MLflowExample.registry + MLflowExample.artifacts

    @Test("A call comes to its questions, under both families of paths", arguments: MLflowRouteTests.examples)
    func meaning(example: MLflowExample) {
        let world = MLflowWorld()
        for target in Set([example.target, example.target.twin]) {
            #expect(world.outcome(example.method, target, example.body) == .meaning(example.questions))
        }
    }

    @Test("Every open row of the table has an example")
    func complete() {
        var rows: Set<String> = []
        for example in Self.examples {
            let path = example.target.split(separator: "?")[0]
            guard let match = MLflowRouteTable.shared.match(example.method, Array(path.utf8)) else { continue }
            rows.insert(match.route.written)
        }
        for row in MLflowRouteTable.rows {
            if case .closed = row.sense { continue }
            #expect(rows.contains(row.written))
        }
    }

    @Test("No two rows are for the same call")
    func unambiguous() {
        #expect(Set(MLflowRouteTable.rows.map(\.written)).count == MLflowRouteTable.rows.count)
    }

    @Test(
        "What answers with a registered model and its latest versions is cut down, also where it changes the model",
        arguments: [
            (.get, "registered-models/get?name=press", nil),
            (.patch, "registered-models/update", #"{"name": "press"}"#),
            (.post, "registered-models/rename", #"{"name": "press", "new_name": "other"}"#),
        ] as [(ProfileRequest.Method, String, String?)]
    )
    func latestVersions(method: ProfileRequest.Method, call: String, body: String?) {
        guard case .meaning(let meaning) = MLflowWorld().resolve(method, "/api/2.0/mlflow/" + call, body).resolution
        else { return #expect(Bool(false), "it was refused") }
        #expect((meaning.filter as? MLflowListFilter)?.shape == .registeredModel)
    }

    @Test("An upload streams past, a small call is held, and no more than its limit")
    func bodies() {
        let world = MLflowWorld()
        let huge = String(repeating: " ", count: (1 << 20) + 1)
        #expect(
            world.outcome(.post, "/api/2.0/mlflow/runs/log-batch", huge)
                == .refused(.malformed("the body is longer than 1048576 bytes"))
        )
        let (resolution, lookUps) = world.resolve(.put, "/api/2.0/mlflow-artifacts/artifacts/1/r1/artifacts/x", huge)
        guard case .meaning = resolution else { return #expect(Bool(false), "an upload was held") }
        #expect(lookUps.map(\.kind) == ["run", "experiment"])
    }
}

extension String {
    /// The same call under the other family of paths.
    var twin: String { self.hasPrefix("/api/") ? "/ajax-api/" + self.dropFirst("/api/".count) : self }
}

extension MLflowRoute {
    /// The row on one line.
    var written: String { "\(self.method.rawValue) \(self.family) \(self.path)" }
}
