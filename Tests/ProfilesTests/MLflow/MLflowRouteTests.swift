import Testing

@testable import Profiles

@Suite("What MLflow's calls mean")
struct MLflowRouteTests {
    /// One call and its questions.
    struct Example: CustomTestStringConvertible {
        let method: ProfileRequest.Method
        let target: String
        let body: String?
        let questions: [String]

        init(_ method: ProfileRequest.Method, _ target: String, _ body: String? = nil, _ questions: String...) {
            self.method = method
            self.target = target
            self.body = body
            self.questions = questions
        }

        var testDescription: String { "\(self.method.rawValue) \(self.target) \(self.body ?? "")" }
    }

    static let examples: [Example] =
        [
            // The server and its interface.
            Example(.get, "/", nil, "read service"),
            Example(.head, "/", nil, "read service"),
            Example(.get, "/health", nil, "read service"),
            Example(.get, "/version", nil, "read service"),
            Example(.get, "/static-files/static/js/main.c2f5f8d4.js", nil, "read service"),
            Example(.head, "/static-files/favicon.ico", nil, "read service"),
            Example(.get, "/api/3.0/mlflow/server-info", nil, "read service"),
            Example(.get, "/api/3.0/mlflow/ui-telemetry", nil, "read service"),
            // Experiments.
            Example(.get, "/api/2.0/mlflow/experiments/get?experiment_id=1", nil, "read experiment 1 press4"),
            Example(
                .get,
                "/api/2.0/mlflow/experiments/get-by-name?experiment_name=line2",
                nil,
                "read experiment 2 line2"
            ),
            Example(
                .get,
                "/api/2.0/mlflow/experiments/get-by-name?experiment_name=new+one",
                nil,
                "read experiment new one"
            ),
            Example(.get, "/api/2.0/mlflow/experiments/search?max_results=5", nil, "list service"),
            Example(.post, "/api/2.0/mlflow/experiments/search", #"{"max_results": 5}"#, "list service"),
            Example(
                .post,
                "/api/2.0/mlflow/experiments/create",
                #"{"name": "press4-x"}"#,
                "create experiment press4-x"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/experiments/update",
                #"{"experiment_id": "1", "new_name": "x"}"#,
                "write experiment 1 press4",
                "create experiment x"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/experiments/delete",
                #"{"experiment_id": "2"}"#,
                "delete experiment 2 line2"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/experiments/restore",
                #"{"experiment_id": "2"}"#,
                "delete experiment 2 line2"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/experiments/set-experiment-tag",
                #"{"experimentId": "1", "key": "k", "value": "v"}"#,
                "write experiment 1 press4"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/experiments/delete-experiment-tag",
                #"{"experiment_id": "1", "key": "k"}"#,
                "write experiment 1 press4"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/experiments/search-datasets",
                #"{"experiment_ids": ["1", "2"]}"#,
                "read experiment 1 press4",
                "read experiment 2 line2"
            ),
            // Runs.
            Example(.get, "/api/2.0/mlflow/runs/get?run_id=r1", nil, "read experiment 1 press4"),
            Example(.get, "/api/2.0/mlflow/runs/get?run_uuid=r1&run_id=r1", nil, "read experiment 1 press4"),
            Example(
                .post,
                "/api/2.0/mlflow/runs/search",
                #"{"experiment_ids": ["2", "1", "2"], "max_results": 10}"#,
                "read experiment 2 line2",
                "read experiment 1 press4"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/runs/create",
                #"{"experiment_id": "1", "tags": []}"#,
                "write experiment 1 press4"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/runs/update",
                #"{"run_id": "r2", "run_uuid": "r2"}"#,
                "write experiment 2 line2"
            ),
            Example(.post, "/api/2.0/mlflow/runs/delete", #"{"run_id": "r2"}"#, "delete experiment 2 line2"),
            Example(.post, "/api/2.0/mlflow/runs/restore", #"{"run_id": "r2"}"#, "delete experiment 2 line2"),
            Example(
                .post,
                "/api/2.0/mlflow/runs/log-metric",
                #"{"run_id": "r1", "value": 1}"#,
                "write experiment 1 press4"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/runs/log-metric",
                #"{"run_id": "r1", "model_id": "m-2"}"#,
                "write experiment 1 press4",
                "write experiment 2 line2"
            ),
            Example(.post, "/api/2.0/mlflow/runs/log-parameter", #"{"runUuid": "r1"}"#, "write experiment 1 press4"),
            Example(.post, "/api/2.0/mlflow/runs/set-tag", #"{"run_uuid": "r1"}"#, "write experiment 1 press4"),
            Example(.post, "/api/2.0/mlflow/runs/delete-tag", #"{"run_id": "r1"}"#, "write experiment 1 press4"),
            Example(
                .post,
                "/api/2.0/mlflow/runs/log-batch",
                #"{"run_id": "r1", "metrics": [{"key": "a"}, {"modelId": "m-2"}], "params": []}"#,
                "write experiment 1 press4",
                "write experiment 2 line2"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/runs/log-model",
                #"{"run_id": "r1", "model_json": "{}"}"#,
                "write experiment 1 press4"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/runs/log-inputs",
                #"{"run_id": "r1", "models": [{"model_id": "m-2"}]}"#,
                "write experiment 1 press4",
                "read experiment 2 line2"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/runs/outputs",
                #"{"run_id": "r1", "models": [{"model_id": "m-1"}]}"#,
                "write experiment 1 press4"
            ),
            Example(
                .get,
                "/api/2.0/mlflow/metrics/get-history?run_id=r1&metric_key=m",
                nil,
                "read experiment 1 press4"
            ),
            Example(
                .get,
                "/api/2.0/mlflow/metrics/get-history-bulk?run_id=r1&run_id=r2&metric_key=m",
                nil,
                "read experiment 1 press4",
                "read experiment 2 line2"
            ),
            Example(
                .get,
                "/api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids=r1&run_ids=r2",
                nil,
                "read experiment 1 press4",
                "read experiment 2 line2"
            ),
            // Logged models.
            Example(
                .post,
                "/api/2.0/mlflow/logged-models",
                #"{"experiment_id": "1", "source_run_id": "r2"}"#,
                "write experiment 1 press4",
                "read experiment 2 line2"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/logged-models/search",
                #"{"experiment_ids": ["1"]}"#,
                "read experiment 1 press4"
            ),
            Example(.get, "/api/2.0/mlflow/logged-models/m-1", nil, "read experiment 1 press4"),
            Example(.patch, "/api/2.0/mlflow/logged-models/m-1", #"{"model_id": "m-1"}"#, "write experiment 1 press4"),
            Example(.delete, "/api/2.0/mlflow/logged-models/m-2", nil, "delete experiment 2 line2"),
            Example(.patch, "/api/2.0/mlflow/logged-models/m-1/tags", "{}", "write experiment 1 press4"),
            Example(.delete, "/api/2.0/mlflow/logged-models/m-1/tags/a%20b", nil, "write experiment 1 press4"),
            Example(.post, "/api/2.0/mlflow/logged-models/m-1/params", "{}", "write experiment 1 press4"),
            Example(.get, "/api/2.0/mlflow/logged-models/m-1/artifacts/directories", nil, "read experiment 1 press4"),
            Example(
                .get,
                "/api/2.0/mlflow/logged-models/m-1/artifacts/files?artifact_file_path=MLmodel",
                nil,
                "read experiment 1 press4"
            ),
            // Traces.
            Example(
                .post,
                "/api/3.0/mlflow/traces/search",
                #"{"locations": [{"mlflow_experiment": {"experiment_id": "1"}}, {"mlflowExperiment": {"experimentId": "2"}}]}"#,
                "read experiment 1 press4",
                "read experiment 2 line2"
            ),
            Example(
                .post,
                "/api/3.0/mlflow/traces",
                #"{"trace": {"trace_info": {"trace_id": "tr-9", "trace_location": {"mlflow_experiment": {"experiment_id": "1"}}}}}"#,
                "write experiment 1 press4"
            ),
            Example(
                .post,
                "/api/3.0/mlflow/traces",
                #"{"trace": {"trace_info": {"trace_id": "tr-2", "trace_location": {"mlflow_experiment": {"experiment_id": "1"}}}}}"#,
                "write experiment 1 press4",
                "write experiment 2 line2"
            ),
            Example(.get, "/api/3.0/mlflow/traces/get?trace_id=tr-1", nil, "read experiment 1 press4"),
            Example(
                .get,
                "/api/3.0/mlflow/traces/batchGet?trace_ids=tr-1&trace_ids=tr-2",
                nil,
                "read experiment 1 press4",
                "read experiment 2 line2"
            ),
            Example(
                .post,
                "/api/3.0/mlflow/traces/batchGetInfos",
                #"{"traceIds": ["tr-2"]}"#,
                "read experiment 2 line2"
            ),
            Example(.post, "/api/3.0/mlflow/traces/metrics", #"{"experiment_ids": ["1"]}"#, "read experiment 1 press4"),
            Example(
                .post,
                "/api/3.0/mlflow/traces/calculate-filter-correlation",
                #"{"experiment_ids": ["1"]}"#,
                "read experiment 1 press4"
            ),
            Example(
                .post,
                "/api/3.0/mlflow/traces/delete-traces",
                #"{"experiment_id": "1"}"#,
                "delete experiment 1 press4"
            ),
            Example(.get, "/api/3.0/mlflow/traces/tr-1?trace_id=tr-1", nil, "read experiment 1 press4"),
            Example(.patch, "/api/3.0/mlflow/traces/tr-1/tags", "{}", "write experiment 1 press4"),
            Example(.delete, "/api/3.0/mlflow/traces/tr-1/tags", "{}", "write experiment 1 press4"),
            Example(.post, "/api/3.0/mlflow/traces/tr-1/assessments", "{}", "write experiment 1 press4"),
            Example(.get, "/api/3.0/mlflow/traces/tr-1/assessments/a-1", nil, "read experiment 1 press4"),
            Example(.patch, "/api/3.0/mlflow/traces/tr-1/assessments/a-1", "{}", "write experiment 1 press4"),
            Example(.delete, "/api/3.0/mlflow/traces/tr-1/assessments/a-1", nil, "write experiment 1 press4"),
            Example(.get, "/api/3.0/mlflow/get-trace-artifact?request_id=tr-1", nil, "read experiment 1 press4"),
            Example(
                .get,
                "/api/2.0/mlflow/get-trace-artifact?request_id=tr-1&path=a/b",
                nil,
                "read experiment 1 press4"
            ),
            Example(.post, "/api/2.0/mlflow/traces", #"{"experiment_id": "1"}"#, "write experiment 1 press4"),
            Example(.get, "/api/2.0/mlflow/traces?experiment_ids=1", nil, "read experiment 1 press4"),
            Example(.patch, "/api/2.0/mlflow/traces/tr-1", "{}", "write experiment 1 press4"),
            Example(.get, "/api/2.0/mlflow/traces/tr-1/info", nil, "read experiment 1 press4"),
            Example(.patch, "/api/2.0/mlflow/traces/tr-1/tags", "{}", "write experiment 1 press4"),
            Example(.delete, "/api/2.0/mlflow/traces/tr-1/tags", "{}", "write experiment 1 press4"),
            Example(
                .post,
                "/api/2.0/mlflow/traces/delete-traces",
                #"{"experiment_id": "1"}"#,
                "delete experiment 1 press4"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/traces/link-to-run",
                #"{"run_id": "r1", "trace_ids": ["tr-2"]}"#,
                "write experiment 1 press4",
                "write experiment 2 line2"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/traces/link-prompts",
                #"{"trace_id": "tr-1", "prompt_versions": [{"name": "greet", "version": "1"}]}"#,
                "write experiment 1 press4",
                "read registered-model greet"
            ),
            // Evaluation data sets and scorers.
            Example(
                .post,
                "/api/3.0/mlflow/datasets/create",
                #"{"experiment_ids": ["1"]}"#,
                "write experiment 1 press4"
            ),
            Example(
                .post,
                "/api/3.0/mlflow/datasets/search",
                #"{"experiment_ids": ["1"]}"#,
                "read experiment 1 press4"
            ),
            Example(.get, "/api/3.0/mlflow/datasets/search?experiment_ids=1", nil, "read experiment 1 press4"),
            Example(
                .get,
                "/api/3.0/mlflow/datasets/d-12",
                nil,
                "read experiment 1 press4",
                "read experiment 2 line2"
            ),
            Example(.delete, "/api/3.0/mlflow/datasets/d-1", nil, "delete experiment 1 press4"),
            Example(.patch, "/api/3.0/mlflow/datasets/d-1/tags", "{}", "write experiment 1 press4"),
            Example(.delete, "/api/3.0/mlflow/datasets/d-1/tags/k", nil, "write experiment 1 press4"),
            Example(.get, "/api/3.0/mlflow/datasets/d-1/records", nil, "read experiment 1 press4"),
            Example(.post, "/api/3.0/mlflow/datasets/d-1/records", "{}", "write experiment 1 press4"),
            Example(.delete, "/api/3.0/mlflow/datasets/d-1/records", "{}", "delete experiment 1 press4"),
            Example(.get, "/api/3.0/mlflow/datasets/d-1/experiment-ids", nil, "read experiment 1 press4"),
            Example(.post, "/api/3.0/mlflow/scorers/register", #"{"experiment_id": "1"}"#, "write experiment 1 press4"),
            Example(.get, "/api/3.0/mlflow/scorers/list?experiment_id=1", nil, "read experiment 1 press4"),
            Example(.get, "/api/3.0/mlflow/scorers/versions?experiment_id=1&name=s", nil, "read experiment 1 press4"),
            Example(.get, "/api/3.0/mlflow/scorers/get?experiment_id=1&name=s", nil, "read experiment 1 press4"),
            Example(
                .delete,
                "/api/3.0/mlflow/scorers/delete",
                #"{"experiment_id": "1"}"#,
                "delete experiment 1 press4"
            ),
            // The registry.
            Example(
                .post,
                "/api/2.0/mlflow/registered-models/create",
                #"{"name": "new"}"#,
                "create registered-model new"
            ),
            Example(.get, "/api/2.0/mlflow/registered-models/get?name=Press", nil, "read registered-model press"),
            Example(.get, "/api/2.0/mlflow/registered-models/search?filter=x", nil, "list service"),
            Example(
                .post,
                "/api/2.0/mlflow/registered-models/rename",
                #"{"name": "press", "new_name": "other"}"#,
                "administer registered-model press",
                "create registered-model other"
            ),
            Example(
                .patch,
                "/api/2.0/mlflow/registered-models/update",
                #"{"name": "press"}"#,
                "write registered-model press"
            ),
            Example(
                .delete,
                "/api/2.0/mlflow/registered-models/delete",
                #"{"name": "press"}"#,
                "delete registered-model press"
            ),
            Example(
                .get,
                "/api/2.0/mlflow/registered-models/get-latest-versions?name=press",
                nil,
                "read registered-model press"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/registered-models/get-latest-versions",
                #"{"name": "press"}"#,
                "read registered-model press"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/registered-models/set-tag",
                #"{"name": "press"}"#,
                "write registered-model press"
            ),
            Example(
                .delete,
                "/api/2.0/mlflow/registered-models/delete-tag",
                #"{"name": "press"}"#,
                "write registered-model press"
            ),
            Example(
                .get,
                "/api/2.0/mlflow/registered-models/alias?name=press&alias=champion",
                nil,
                "read registered-model press",
                "read experiment 2 line2"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/registered-models/alias",
                #"{"name": "press", "alias": "a", "version": "1"}"#,
                "write registered-model press",
                "read experiment 1 press4"
            ),
            Example(
                .delete,
                "/api/2.0/mlflow/registered-models/alias",
                #"{"name": "press"}"#,
                "write registered-model press"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/model-versions/create",
                #"{"name": "press", "source": "models:/m-2", "model_id": "m-2", "run_id": "r1"}"#,
                "write registered-model press",
                "read experiment 1 press4",
                "read experiment 2 line2"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/model-versions/create",
                #"{"name": "press", "source": "mlflow-artifacts:/1/r1/artifacts/model", "run_id": "r1"}"#,
                "write registered-model press",
                "read experiment 1 press4"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/model-versions/create",
                #"{"name": "fresh", "source": "models:/press/2"}"#,
                "write registered-model fresh",
                "read registered-model press",
                "read experiment 2 line2"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/model-versions/create",
                #"{"name": "greet", "source": "dummy-source", "tags": []}"#,
                "write registered-model greet"
            ),
            Example(
                .get,
                "/api/2.0/mlflow/model-versions/get?name=Press&version=1",
                nil,
                "read registered-model press",
                "read experiment 1 press4"
            ),
            Example(
                .get,
                "/api/2.0/mlflow/model-versions/get?name=greet&version=1",
                nil,
                "read registered-model greet"
            ),
            Example(
                .get,
                "/api/2.0/mlflow/model-versions/get-download-uri?name=press&version=2",
                nil,
                "read registered-model press",
                "read experiment 2 line2"
            ),
            Example(.get, "/api/2.0/mlflow/model-versions/search?filter=x", nil, "list service"),
        ]
        + [
            (.patch, "update", "write"), (.post, "transition-stage", "write"), (.delete, "delete", "delete"),
            (.post, "set-tag", "write"), (.delete, "delete-tag", "write"),
        ].map { (method: ProfileRequest.Method, call: String, action: String) in
            Example(
                method,
                "/api/2.0/mlflow/model-versions/\(call)",
                #"{"name": "press", "version": "2"}"#,
                "\(action) registered-model press",
                // Whoever may change a version may also see what it was made from.
                "read experiment 2 line2"
            )
        }
        + [
            // Artifacts.
            Example(
                .get,
                "/api/2.0/mlflow-artifacts/artifacts?path=1%2Fr1%2Fartifacts",
                nil,
                "read experiment 1 press4"
            ),
            Example(
                .get,
                "/api/2.0/mlflow-artifacts/artifacts/2/r2/artifacts/a%20b/c.txt",
                nil,
                "read experiment 2 line2"
            ),
            Example(
                .put,
                "/api/2.0/mlflow-artifacts/artifacts/1/r1/artifacts/x.bin",
                "bytes",
                "write experiment 1 press4"
            ),
            Example(
                .put,
                "/api/2.0/mlflow-artifacts/artifacts/2/models/m-2/artifacts/MLmodel",
                "bytes",
                "write experiment 2 line2"
            ),
            Example(
                .get,
                "/api/2.0/mlflow-artifacts/artifacts/2/traces/tr-2/artifacts/traces.json",
                nil,
                "read experiment 2 line2"
            ),
            Example(.delete, "/api/2.0/mlflow-artifacts/artifacts/1/r1/artifacts", nil, "delete experiment 1 press4"),
            Example(.get, "/api/2.0/mlflow/artifacts/list?run_uuid=r1&path=notes", nil, "read experiment 1 press4"),
            Example(.get, "/get-artifact?path=notes%2Freadme.txt&run_uuid=r1", nil, "read experiment 1 press4"),
            Example(
                .get,
                "/model-versions/get-artifact?path=MLmodel&name=press&version=1",
                nil,
                "read registered-model press",
                "read experiment 1 press4"
            ),
            Example(
                .post,
                "/api/2.0/mlflow/upload-artifact?run_uuid=r2&path=x.txt",
                "bytes",
                "write experiment 2 line2"
            ),
            // GraphQL.
            Example(
                .post,
                "/graphql",
                #"{"query": "query Q($x: I!) { mlflowGetRun(input: $x) { run { info { runId } } } }", "variables": {"x": {"runId": "r1"}}}"#,
                "read experiment 1 press4"
            ),
        ]

    @Test("A call comes to its questions, under both families of paths", arguments: MLflowRouteTests.examples)
    func meaning(example: Example) {
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
