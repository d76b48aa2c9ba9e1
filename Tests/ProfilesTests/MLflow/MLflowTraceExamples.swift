import Profiles

extension MLflowExample {
    /// Traces, evaluation data sets and scorers.
    static let traces: [MLflowExample] = [
        MLflowExample(
            .post,
            "/api/3.0/mlflow/traces/search",
            #"{"locations": [{"mlflow_experiment": {"experiment_id": "1"}}, {"mlflowExperiment": {"experimentId": "2"}}]}"#,
            "read experiment 1 press4",
            "read experiment 2 line2"
        ),
        MLflowExample(
            .post,
            "/api/3.0/mlflow/traces",
            #"{"trace": {"trace_info": {"trace_id": "tr-9", "trace_location": {"mlflow_experiment": {"experiment_id": "1"}}}}}"#,
            "write experiment 1 press4"
        ),
        MLflowExample(
            .post,
            "/api/3.0/mlflow/traces",
            #"{"trace": {"trace_info": {"trace_id": "tr-2", "trace_location": {"mlflow_experiment": {"experiment_id": "1"}}}}}"#,
            "write experiment 1 press4",
            "write experiment 2 line2"
        ),
        MLflowExample(.get, "/api/3.0/mlflow/traces/get?trace_id=tr-1", nil, "read experiment 1 press4"),
        MLflowExample(
            .get,
            "/api/3.0/mlflow/traces/batchGet?trace_ids=tr-1&trace_ids=tr-2",
            nil,
            "read experiment 1 press4",
            "read experiment 2 line2"
        ),
        MLflowExample(
            .post,
            "/api/3.0/mlflow/traces/batchGetInfos",
            #"{"traceIds": ["tr-2"]}"#,
            "read experiment 2 line2"
        ),
        MLflowExample(
            .post,
            "/api/3.0/mlflow/traces/metrics",
            #"{"experiment_ids": ["1"]}"#,
            "read experiment 1 press4"
        ),
        MLflowExample(
            .post,
            "/api/3.0/mlflow/traces/calculate-filter-correlation",
            #"{"experiment_ids": ["1"]}"#,
            "read experiment 1 press4"
        ),
        MLflowExample(
            .post,
            "/api/3.0/mlflow/traces/delete-traces",
            #"{"experiment_id": "1"}"#,
            "delete experiment 1 press4"
        ),
        MLflowExample(.get, "/api/3.0/mlflow/traces/tr-1?trace_id=tr-1", nil, "read experiment 1 press4"),
        MLflowExample(.patch, "/api/3.0/mlflow/traces/tr-1/tags", "{}", "write experiment 1 press4"),
        MLflowExample(.delete, "/api/3.0/mlflow/traces/tr-1/tags", "{}", "write experiment 1 press4"),
        MLflowExample(.post, "/api/3.0/mlflow/traces/tr-1/assessments", "{}", "write experiment 1 press4"),
        MLflowExample(.get, "/api/3.0/mlflow/traces/tr-1/assessments/a-1", nil, "read experiment 1 press4"),
        MLflowExample(.patch, "/api/3.0/mlflow/traces/tr-1/assessments/a-1", "{}", "write experiment 1 press4"),
        MLflowExample(.delete, "/api/3.0/mlflow/traces/tr-1/assessments/a-1", nil, "write experiment 1 press4"),
        MLflowExample(.get, "/api/3.0/mlflow/get-trace-artifact?request_id=tr-1", nil, "read experiment 1 press4"),
        MLflowExample(
            .get,
            "/api/2.0/mlflow/get-trace-artifact?request_id=tr-1&path=a/b",
            nil,
            "read experiment 1 press4"
        ),
        MLflowExample(.post, "/api/2.0/mlflow/traces", #"{"experiment_id": "1"}"#, "write experiment 1 press4"),
        MLflowExample(.get, "/api/2.0/mlflow/traces?experiment_ids=1", nil, "read experiment 1 press4"),
        MLflowExample(.patch, "/api/2.0/mlflow/traces/tr-1", "{}", "write experiment 1 press4"),
        MLflowExample(.get, "/api/2.0/mlflow/traces/tr-1/info", nil, "read experiment 1 press4"),
        MLflowExample(.patch, "/api/2.0/mlflow/traces/tr-1/tags", "{}", "write experiment 1 press4"),
        MLflowExample(.patch, "/api/2.0/mlflow/traces/tr-1/tags", #"{"key":"prüfstand"}"#, "write experiment 1 press4"),
        MLflowExample(
            .patch,
            "/api/2.0/mlflow/traces/tr-1/tags",
            #"{"key":"設備名設備名設備名設備名"}"#,
            "write experiment 1 press4"
        ),
        MLflowExample(
            .patch,
            "/api/2.0/mlflow/traces/tr-1/tags",
            #"{"key":"mlflow.artifactLocations"}"#,
            "write experiment 1 press4"
        ),
        MLflowExample(.delete, "/api/2.0/mlflow/traces/tr-1/tags", "{}", "write experiment 1 press4"),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/traces/delete-traces",
            #"{"experiment_id": "1"}"#,
            "delete experiment 1 press4"
        ),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/traces/link-to-run",
            #"{"run_id": "r1", "trace_ids": ["tr-2"]}"#,
            "write experiment 1 press4",
            "write experiment 2 line2"
        ),
        MLflowExample(
            .post,
            "/api/2.0/mlflow/traces/link-prompts",
            #"{"trace_id": "tr-1", "prompt_versions": [{"name": "greet", "version": "1"}]}"#,
            "write experiment 1 press4",
            "read registered-model greet"
        ),
        // Evaluation data sets and scorers.
        MLflowExample(
            .post,
            "/api/3.0/mlflow/datasets/create",
            #"{"experiment_ids": ["1"]}"#,
            "write experiment 1 press4"
        ),
        MLflowExample(
            .post,
            "/api/3.0/mlflow/datasets/search",
            #"{"experiment_ids": ["1"]}"#,
            "read experiment 1 press4"
        ),
        MLflowExample(.get, "/api/3.0/mlflow/datasets/search?experiment_ids=1", nil, "read experiment 1 press4"),
        MLflowExample(
            .get,
            "/api/3.0/mlflow/datasets/d-12",
            nil,
            "read experiment 1 press4",
            "read experiment 2 line2"
        ),
        MLflowExample(.delete, "/api/3.0/mlflow/datasets/d-1", nil, "delete experiment 1 press4"),
        MLflowExample(.patch, "/api/3.0/mlflow/datasets/d-1/tags", "{}", "write experiment 1 press4"),
        MLflowExample(.delete, "/api/3.0/mlflow/datasets/d-1/tags/k", nil, "write experiment 1 press4"),
        MLflowExample(.get, "/api/3.0/mlflow/datasets/d-1/records", nil, "read experiment 1 press4"),
        MLflowExample(.post, "/api/3.0/mlflow/datasets/d-1/records", "{}", "write experiment 1 press4"),
        MLflowExample(.delete, "/api/3.0/mlflow/datasets/d-1/records", "{}", "delete experiment 1 press4"),
        MLflowExample(.get, "/api/3.0/mlflow/datasets/d-1/experiment-ids", nil, "read experiment 1 press4"),
        MLflowExample(
            .post,
            "/api/3.0/mlflow/scorers/register",
            #"{"experiment_id": "1"}"#,
            "write experiment 1 press4"
        ),
        MLflowExample(.get, "/api/3.0/mlflow/scorers/list?experiment_id=1", nil, "read experiment 1 press4"),
        MLflowExample(.get, "/api/3.0/mlflow/scorers/versions?experiment_id=1&name=s", nil, "read experiment 1 press4"),
        MLflowExample(.get, "/api/3.0/mlflow/scorers/get?experiment_id=1&name=s", nil, "read experiment 1 press4"),
        MLflowExample(
            .delete,
            "/api/3.0/mlflow/scorers/delete",
            #"{"experiment_id": "1"}"#,
            "delete experiment 1 press4"
        ),
    ]
}
