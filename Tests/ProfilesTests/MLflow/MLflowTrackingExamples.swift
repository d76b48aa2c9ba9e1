import Profiles

extension MLflowExample {
    /// The server, experiments, runs and logged models.
    static let tracking: [MLflowExample] = [
        MLflowExample(.get, "/", nil, "read service"),
        MLflowExample(.head, "/", nil, "read service"),
        MLflowExample(.get, "/health", nil, "read service"),
        MLflowExample(.get, "/version", nil, "read service"),
        MLflowExample(.get, "/static-files/static/js/main.c2f5f8d4.js", nil, "read service"),
        MLflowExample(.head, "/static-files/favicon.ico", nil, "read service"),
        MLflowExample(.get, "/api/3.0/mlflow/server-info", nil, "read service"),
        MLflowExample(.get, "/api/3.0/mlflow/ui-telemetry", nil, "read service"),
        // Experiments.
        MLflowExample(.get, "/api/2.0/mlflow/experiments/get?experiment_id=1", nil, "read experiment 1 press4"),
        MLflowExample(
            .get,
            "/api/2.0/mlflow/experiments/get-by-name?experiment_name=line2",
            nil,
            "read experiment 2 line2"
        ),
        MLflowExample(
            .get,
            "/api/2.0/mlflow/experiments/get-by-name?experiment_name=new+one",
            nil,
            "read experiment new one"
        ),
        MLflowExample(.get, "/api/2.0/mlflow/experiments/search?max_results=5", nil, "list service"),
        MLflowExample(.post, "/api/2.0/mlflow/experiments/search", #"{"max_results": 5}"#, "list service"),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/experiments/create",
            #"{"name": "press4-x"}"#,
            "create experiment press4-x"
        ),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/experiments/update",
            #"{"experiment_id": "1", "new_name": "x"}"#,
            "write experiment 1 press4",
            "create experiment x"
        ),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/experiments/delete",
            #"{"experiment_id": "2"}"#,
            "delete experiment 2 line2"
        ),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/experiments/restore",
            #"{"experiment_id": "2"}"#,
            "delete experiment 2 line2"
        ),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/experiments/set-experiment-tag",
            #"{"experimentId": "1", "key": "k", "value": "v"}"#,
            "write experiment 1 press4"
        ),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/experiments/delete-experiment-tag",
            #"{"experiment_id": "1", "key": "k"}"#,
            "write experiment 1 press4"
        ),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/experiments/search-datasets",
            #"{"experiment_ids": ["1", "2"]}"#,
            "read experiment 1 press4",
            "read experiment 2 line2"
        ),
        // Runs.
        MLflowExample(.get, "/api/2.0/mlflow/runs/get?run_id=r1", nil, "read experiment 1 press4"),
        MLflowExample(.get, "/api/2.0/mlflow/runs/get?run_uuid=r1&run_id=r1", nil, "read experiment 1 press4"),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/runs/search",
            #"{"experiment_ids": ["2", "1", "2"], "max_results": 10}"#,
            "read experiment 2 line2",
            "read experiment 1 press4"
        ),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/runs/create",
            #"{"experiment_id": "1", "tags": []}"#,
            "write experiment 1 press4"
        ),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/runs/update",
            #"{"run_id": "r2", "run_uuid": "r2"}"#,
            "write experiment 2 line2"
        ),
        MLflowExample(.post, "/api/2.0/mlflow/runs/delete", #"{"run_id": "r2"}"#, "delete experiment 2 line2"),
        MLflowExample(.post, "/api/2.0/mlflow/runs/restore", #"{"run_id": "r2"}"#, "delete experiment 2 line2"),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/runs/log-metric",
            #"{"run_id": "r1", "value": 1}"#,
            "write experiment 1 press4"
        ),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/runs/log-metric",
            #"{"run_id": "r1", "model_id": "m-2"}"#,
            "write experiment 1 press4",
            "write experiment 2 line2"
        ),
        MLflowExample(.post, "/api/2.0/mlflow/runs/log-parameter", #"{"runUuid": "r1"}"#, "write experiment 1 press4"),
        MLflowExample(.post, "/api/2.0/mlflow/runs/set-tag", #"{"run_uuid": "r1"}"#, "write experiment 1 press4"),
        MLflowExample(.post, "/api/2.0/mlflow/runs/delete-tag", #"{"run_id": "r1"}"#, "write experiment 1 press4"),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/runs/log-batch",
            #"{"run_id": "r1", "metrics": [{"key": "a"}, {"modelId": "m-2"}], "params": []}"#,
            "write experiment 1 press4",
            "write experiment 2 line2"
        ),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/runs/log-model",
            #"{"run_id": "r1", "model_json": "{}"}"#,
            "write experiment 1 press4"
        ),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/runs/log-inputs",
            #"{"run_id": "r1", "models": [{"model_id": "m-2"}]}"#,
            "write experiment 1 press4",
            "read experiment 2 line2"
        ),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/runs/outputs",
            #"{"run_id": "r1", "models": [{"model_id": "m-1"}]}"#,
            "write experiment 1 press4"
        ),
        MLflowExample(
            .get,
            "/api/2.0/mlflow/metrics/get-history?run_id=r1&metric_key=m",
            nil,
            "read experiment 1 press4"
        ),
        MLflowExample(
            .get,
            "/api/2.0/mlflow/metrics/get-history-bulk?run_id=r1&run_id=r2&metric_key=m",
            nil,
            "read experiment 1 press4",
            "read experiment 2 line2"
        ),
        MLflowExample(
            .get,
            "/api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids=r1&run_ids=r2",
            nil,
            "read experiment 1 press4",
            "read experiment 2 line2"
        ),
        // Logged models.
        MLflowExample(
            .post,
            "/api/2.0/mlflow/logged-models",
            #"{"experiment_id": "1", "source_run_id": "r2"}"#,
            "write experiment 1 press4",
            "read experiment 2 line2"
        ),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/logged-models/search",
            #"{"experiment_ids": ["1"]}"#,
            "read experiment 1 press4"
        ),
        MLflowExample(.get, "/api/2.0/mlflow/logged-models/m-1", nil, "read experiment 1 press4"),
        MLflowExample(
            .patch,
            "/api/2.0/mlflow/logged-models/m-1",
            #"{"model_id": "m-1"}"#,
            "write experiment 1 press4"
        ),
        MLflowExample(.delete, "/api/2.0/mlflow/logged-models/m-2", nil, "delete experiment 2 line2"),
        MLflowExample(.patch, "/api/2.0/mlflow/logged-models/m-1/tags", "{}", "write experiment 1 press4"),
        MLflowExample(.delete, "/api/2.0/mlflow/logged-models/m-1/tags/a%20b", nil, "write experiment 1 press4"),
        MLflowExample(.post, "/api/2.0/mlflow/logged-models/m-1/params", "{}", "write experiment 1 press4"),
        MLflowExample(.get, "/api/2.0/mlflow/logged-models/m-1/artifacts/directories", nil, "read experiment 1 press4"),
        MLflowExample(
            .get,
            "/api/2.0/mlflow/logged-models/m-1/artifacts/files?artifact_file_path=MLmodel",
            nil,
            "read experiment 1 press4"
        ),
    ]
}
