import Profiles

extension MLflowExample {
    /// Artifacts, and GraphQL.
    static let artifacts: [MLflowExample] = [
        MLflowExample(
            .get,
            "/api/2.0/mlflow-artifacts/artifacts?path=1%2Fr1%2Fartifacts",
            nil,
            "read experiment 1 press4"
        ),
        MLflowExample(
            .get,
            "/api/2.0/mlflow-artifacts/artifacts/2/r2/artifacts/a%20b/c.txt",
            nil,
            "read experiment 2 line2"
        ),
        MLflowExample(
            .put,
            "/api/2.0/mlflow-artifacts/artifacts/1/r1/artifacts/x.bin",
            "bytes",
            "write experiment 1 press4"
        ),
        MLflowExample(
            .put,
            "/api/2.0/mlflow-artifacts/artifacts/2/models/m-2/artifacts/MLmodel",
            "bytes",
            "write experiment 2 line2"
        ),
        MLflowExample(
            .get,
            "/api/2.0/mlflow-artifacts/artifacts/2/traces/tr-2/artifacts/traces.json",
            nil,
            "read experiment 2 line2"
        ),
        MLflowExample(.delete, "/api/2.0/mlflow-artifacts/artifacts/1/r1/artifacts", nil, "delete experiment 1 press4"),
        MLflowExample(.get, "/api/2.0/mlflow/artifacts/list?run_uuid=r1&path=notes", nil, "read experiment 1 press4"),
        MLflowExample(.get, "/get-artifact?path=notes%2Freadme.txt&run_uuid=r1", nil, "read experiment 1 press4"),
        MLflowExample(
            .get,
            "/model-versions/get-artifact?path=MLmodel&name=press&version=1",
            nil,
            "read registered-model press",
            "read experiment 1 press4"
        ),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/upload-artifact?run_uuid=r2&path=x.txt",
            "bytes",
            "write experiment 2 line2"
        ),
        // GraphQL.
        MLflowExample(
            .post,
            "/graphql",
            #"{"query": "query Q($x: I!) { mlflowGetRun(input: $x) { run { info { runId } } } }", "variables": {"x": {"runId": "r1"}}}"#,
            "read experiment 1 press4"
        ),
    ]
}
