import Profiles
import Testing

/// A request that must not come to a meaning, and how it is refused.
struct Attack: CustomTestStringConvertible {
    enum Refusal { case unknown, closed, ambiguous, malformed, forbidden, noSuchThing }

    let method: ProfileRequest.Method
    let target: String
    let body: String?
    let refusal: Refusal

    init(_ method: ProfileRequest.Method, _ target: String, _ body: String?, _ refusal: Refusal) {
        self.method = method
        self.target = target
        self.body = body
        self.refusal = refusal
    }

    init(_ method: ProfileRequest.Method, _ target: String, _ refusal: Refusal) {
        self.init(method, target, nil, refusal)
    }

    var testDescription: String { "\(self.method.rawValue) \(self.target) \(self.body ?? "")" }
}

extension Attack {
    private static let call = "/api/2.0/mlflow/"
    private static let proxy = "/api/2.0/mlflow-artifacts/artifacts"

    static let ids: [Attack] = [
        Attack(.post, call + "runs/log-metric", #"{"run_id":"r1","run_id":"r2"}"#, .ambiguous),
        Attack(.post, call + "runs/log-metric", #"{"run_id":"r1","run\u005fid":"r2"}"#, .ambiguous),
        Attack(.post, call + "runs/log-metric", #"{"run_id":"r1","runId":"r2"}"#, .ambiguous),
        Attack(.post, call + "runs/log-metric", #"{"run_id":"r1","runId":"r1"}"#, .ambiguous),
        Attack(.post, call + "runs/log-metric", #"{"run_id":"r1","run_uuid":"r2"}"#, .ambiguous),
        Attack(.post, call + "runs/log-metric", #"{"run_id":"r1","run_uuid":""}"#, .ambiguous),
        Attack(.post, call + "runs/log-metric", #"{"run_id":["r1"]}"#, .malformed),
        Attack(.post, call + "runs/log-metric", #"{"run_id":1}"#, .malformed),
        Attack(.post, call + "runs/log-metric", #"{"run_id":null}"#, .malformed),
        Attack(.post, call + "runs/log-metric", #"{"RUN_ID":"r1"}"#, .malformed),
        Attack(.post, call + "runs/log-metric", #"[{"run_id":"r1"}]"#, .malformed),
        Attack(.post, call + "runs/log-metric", #""{\"run_id\":\"r1\"}""#, .malformed),
        Attack(.post, call + "runs/log-metric", #"{"run_id":"r1"} {"run_id":"r2"}"#, .malformed),
        Attack(.post, call + "runs/log-metric", #"run_id=r1"#, .malformed),
        Attack(.post, call + "runs/log-metric", "", .malformed),
        Attack(.post, call + "runs/log-metric", nil, .malformed),
        Attack(.post, call + "runs/log-metric?run_id=r1", "{}", .malformed),
        Attack(.post, call + "runs/log-metric", #"{"run_id":"r1","model_id":7}"#, .malformed),
        Attack(.post, call + "runs/log-batch", #"{"run_id":"r1","metrics":{"model_id":"m-2"}}"#, .malformed),
        Attack(.post, call + "runs/log-batch", #"{"run_id":"r1","metrics":["m-2"]}"#, .malformed),
        Attack(
            .post,
            call + "runs/log-batch",
            #"{"run_id":"r1","metrics":[{"model_id":"m-1","modelId":"m-2"}]}"#,
            .ambiguous
        ),
        Attack(.get, call + "runs/get?run_id=r1&run_id=r2", .ambiguous),
        Attack(.get, call + "runs/get?run_id=r1&run_uuid=r2", .ambiguous),
        Attack(.get, call + "runs/get?run_id=&run_uuid=r2", .ambiguous),
        Attack(.get, call + "runs/get?runId=r1", .malformed),
        Attack(.get, call + "runs/get?run_id=r1%00", .malformed),
        Attack(.get, call + "runs/get?run_id=%FF", .malformed),
        Attack(.get, call + "runs/get?run_id=r1/../r2", .malformed),
        Attack(.get, call + "runs/get?run_id=none", .noSuchThing),
        Attack(.get, call + "runs/get", #"{"run_id":"r1"}"#, .ambiguous),
        Attack(.get, call + "runs/get?run_id=r1", #"{"run_id":"r2"}"#, .ambiguous),
        Attack(.get, call + "experiments/get?experiment_id=01", .malformed),
        Attack(.get, call + "experiments/get?experiment_id=+1", .malformed),
        Attack(.get, call + "experiments/get?experiment_id=1_0", .malformed),
        Attack(.get, call + "experiments/get?experiment_id=%D9%A1", .malformed),
        Attack(.get, call + "experiments/get?experiment_id=-1", .malformed),
        Attack(.get, call + "experiments/get?experiment_id=99", .noSuchThing),
        Attack(.get, call + "experiments/get-by-name?experiment_name=press4+", .malformed),
        Attack(.get, call + "experiments/get-by-name?experiment_name=press4%00", .malformed),
        // MLflow acts without what follows a member that it cannot read.
        Attack(.post, call + "runs/create", #"{"tags":[{"key":1}],"experiment_id":"1"}"#, .ambiguous),
        Attack(.post, call + "runs/create", #"{"start_time":"99999999999999999999","experimentId":"1"}"#, .ambiguous),
        Attack(.post, call + "logged-models", #"{"params":[{"key":1}],"experiment_id":"1"}"#, .ambiguous),
        Attack(.post, call + "traces", #"{"timestamp_ms":"99999999999999999999","experiment_id":"1"}"#, .ambiguous),
        Attack(.post, call + "runs/search", #"{"experiment_ids":[]}"#, .malformed),
        Attack(.post, call + "runs/search", #"{}"#, .malformed),
        Attack(.post, call + "runs/search", #"{"experiment_ids":"1"}"#, .malformed),
        Attack(.post, call + "runs/search", #"{"experiment_ids":["1",2]}"#, .malformed),
        Attack(.post, call + "runs/search", #"{"experiment_ids":["1"],"experimentIds":["2"]}"#, .ambiguous),
        // MLflow takes the id of this call from the body.
        Attack(.patch, call + "logged-models/m-1", #"{"model_id":"m-2"}"#, .ambiguous),
        Attack(.get, "/api/3.0/mlflow/traces/tr-1?trace_id=tr-2", .ambiguous),
        Attack(.get, "/api/3.0/mlflow/traces/search", .noSuchThing),
        Attack(.post, "/api/3.0/mlflow/traces/search", #"{"locations":[]}"#, .malformed),
        Attack(.post, "/api/3.0/mlflow/traces/search", #"{"locations":[{"inference_table":{}}]}"#, .malformed),
        Attack(.get, "/api/3.0/mlflow/scorers/list", .malformed),
        Attack(.get, "/api/3.0/mlflow/datasets/d-none", .noSuchThing),
        Attack(.get, call + "model-versions/get?name=press&version=01", .malformed),
        Attack(.get, call + "model-versions/get?name=press&version=9", .noSuchThing),
        Attack(.get, call + "model-versions/get?name=press&name=greet&version=1", .ambiguous),
    ]

    static let values: [Attack] = [
        Attack(
            .post,
            call + "experiments/create",
            #"{"name":"x","artifact_location":"mlflow-artifacts:/2"}"#,
            .forbidden
        ),
        Attack(.post, call + "experiments/create", #"{"name":"x","artifactLocation":"file:///etc"}"#, .forbidden),
        Attack(.post, call + "experiments/create", #"{"name":"x","artifact_location":{"a":1}}"#, .forbidden),
        Attack(.post, call + "model-versions/create", #"{"name":"press","source":"s3://elsewhere"}"#, .forbidden),
        Attack(.post, call + "model-versions/create", #"{"name":"press","source":"/etc","run_id":"r1"}"#, .noSuchThing),
        Attack(
            .post,
            call + "model-versions/create",
            #"{"name":"press","run_id":"r1","source":"mlflow-artifacts:/2/r2/artifacts/model"}"#,
            .noSuchThing
        ),
        Attack(
            .post,
            call + "model-versions/create",
            #"{"name":"press","run_id":"r1","source":"mlflow-artifacts:/1/r1/artifacts/../../../2/r2"}"#,
            .noSuchThing
        ),
        Attack(
            .post,
            call + "model-versions/create",
            #"{"name":"press","run_id":"r1","source":"mlflow-artifacts:/1/r1/artifacts/%2e%2e/x"}"#,
            .noSuchThing
        ),
        Attack(
            .post,
            call + "model-versions/create",
            #"{"name":"press","run_id":"r1","source":"mlflow-artifacts:/1/r1/artifacts-of-another"}"#,
            .noSuchThing
        ),
        Attack(
            .post,
            call + "model-versions/create",
            #"{"name":"press","source":"models:/press/Staging"}"#,
            .forbidden
        ),
        Attack(
            .post,
            call + "model-versions/create",
            #"{"name":"press","source":"models:/press@champion"}"#,
            .forbidden
        ),
        Attack(.post, call + "model-versions/create", #"{"name":"press","source":"models:/press/9"}"#, .noSuchThing),
        Attack(.post, call + "model-versions/create", #"{"name":"press","source":"models:/m-9"}"#, .noSuchThing),
        Attack(.post, call + "model-versions/create", #"{"name":"press"}"#, .malformed),
        // A version that somebody made past the gateway: answered as if there were none.
        Attack(.get, "/model-versions/get-artifact?name=press&version=3&path=passwd", .noSuchThing),
        Attack(.get, call + "model-versions/get?name=press&version=3", .noSuchThing),
        // Whether a run or model exists is not told by what is said of a place.
        Attack(
            .post,
            call + "model-versions/create",
            #"{"name":"press","run_id":"none","source":"s3://bucket/x"}"#,
            .noSuchThing
        ),
        Attack(
            .post,
            call + "model-versions/create",
            #"{"name":"press","run_id":"r2","source":"s3://bucket/x"}"#,
            .noSuchThing
        ),
        Attack(
            .post,
            call + "model-versions/create",
            #"{"name":"press","model_id":"m-2","source":"s3://bucket/x"}"#,
            .noSuchThing
        ),
        Attack(.get, "/get-artifact?run_id=r1&path=../../2/r2/artifacts/x", .malformed),
        Attack(.get, "/get-artifact?run_id=r1&path=%252e%252e/x", .malformed),
        Attack(.get, "/get-artifact?run_id=r1&path=/etc/passwd", .malformed),
        Attack(.get, "/get-artifact?run_id=r1&path=file:///etc/passwd", .malformed),
        Attack(.get, "/get-artifact?run_id=r1&path=a&path=b", .ambiguous),
        Attack(.get, "/get-artifact?run_id=r1", .malformed),
        Attack(.post, call + "upload-artifact?run_uuid=r1&path=..%2fx", "data", .malformed),
        Attack(.get, call + "artifacts/list?run_id=r1&path=..", .malformed),
        // A combining character belongs to the slash before it in Swift, and to nothing in MLflow.
        Attack(.get, call + "artifacts/list?run_id=r1&path=../%CC%81a", .malformed),
        Attack(.get, "/get-artifact?run_id=r1&path=a/../%E2%80%8D../x", .malformed),
        Attack(.get, proxy + "?path=1/r1/artifacts/../%CC%81../r2", .malformed),
        Attack(
            .post,
            call + "model-versions/create",
            #"{"name":"press","run_id":"r1","source":"mlflow-artifacts:/1/r1/artifacts/../\u0301/../r2"}"#,
            .noSuchThing
        ),
    ]

    static let traceTags: [Attack] = [
        Attack(
            .patch,
            call + "traces/tr-1/tags",
            #"{"key":"mlflow.artifactLocation","value":"file:///etc"}"#,
            .forbidden
        ),
        Attack(.patch, "/api/3.0/mlflow/traces/tr-1/tags", #"{"key":"mlflow.artifactLocation"}"#, .forbidden),
        Attack(.patch, call + "traces/tr-1/tags", #"{"key":"MLFLOW.artifactlocation "}"#, .forbidden),
        // To a database that compares by letters alone these are the same name.
        Attack(.patch, call + "traces/tr-1/tags", #"{"key":"mlflow.ártifactLocation"}"#, .forbidden),
        Attack(.patch, call + "traces/tr-1/tags", #"{"key":"mlflow.a\u0301rtifactLocation"}"#, .forbidden),
        Attack(.patch, call + "traces/tr-1/tags", #"{"key":"ml\ufb02ow.artifactLocation"}"#, .forbidden),
        Attack(.patch, call + "traces/tr-1/tags", #"{"key":"ｍｌｆｌｏｗ．artifactLocation"}"#, .forbidden),
        Attack(.patch, call + "traces/tr-1/tags", #"{"key":"mlflow.artifact\u200b\u0001Location\u00ad"}"#, .forbidden),
        Attack(.patch, call + "traces/tr-1/tags", #"{"key":"mlflow.trace.\ud835\udc2cpansLocation"}"#, .forbidden),
        Attack(.patch, call + "traces/tr-1/tags", #"{"key":"mlflow.trace.spansLocation"}"#, .forbidden),
        Attack(.delete, call + "traces/tr-1/tags", #"{"key":"mlflow.trace.archiveLocation"}"#, .forbidden),
        Attack(.patch, call + "traces/tr-1/tags", #"{"key":["mlflow.artifactLocation"]}"#, .malformed),
        Attack(.patch, call + "traces/tr-1/tags", #"{"key":"a","key":"mlflow.artifactLocation"}"#, .ambiguous),
        Attack(
            .patch,
            call + "traces/tr-1",
            #"{"tags":[{"key":"a"},{"key":"mlflow.artifactLocation","value":"x"}]}"#,
            .forbidden
        ),
        Attack(
            .post,
            call + "traces",
            #"{"experiment_id":"1","tags":[{"key":"mlflow.artifactLocation","value":"x"}]}"#,
            .forbidden
        ),
        Attack(
            .post,
            "/api/3.0/mlflow/traces",
            #"{"trace":{"traceInfo":{"trace_id":"tr-9","tags":{"mlflow.trace.spansLocation":"x"},"trace_location":{"mlflow_experiment":{"experiment_id":"1"}}}}}"#,
            .forbidden
        ),
        Attack(
            .post,
            "/api/3.0/mlflow/traces",
            #"{"trace":{"trace_info":{"trace_id":"tr-9","tags":[],"trace_location":{"mlflow_experiment":{"experiment_id":"1"}}}}}"#,
            .malformed
        ),
        Attack(
            .post,
            "/api/3.0/mlflow/traces",
            #"{"trace":{"trace_info":{"trace_id":"tr-9","assessments":[{"overrides":"a-1"}],"trace_location":{"mlflow_experiment":{"experiment_id":"1"}}}}}"#,
            .forbidden
        ),
        Attack(
            .post,
            "/api/3.0/mlflow/traces",
            #"{"trace":{"trace_info":{"trace_id":"tr-9","assessments":[{"assessmentId":"a-1"}],"trace_location":{"mlflow_experiment":{"experiment_id":"1"}}}}}"#,
            .forbidden
        ),
        Attack(
            .post,
            "/api/3.0/mlflow/traces",
            #"{"trace":{"trace_info":{"trace_id":"tr-9","assessments":[{},{"assessment_id":"a-1"}],"trace_location":{"mlflow_experiment":{"experiment_id":"1"}}}}}"#,
            .forbidden
        ),
        Attack(
            .post,
            "/api/3.0/mlflow/traces",
            #"{"trace":{"trace_info":{"trace_id":"tr-9","assessments":[{"assessment_id":["a-1"]}],"trace_location":{"mlflow_experiment":{"experiment_id":"1"}}}}}"#,
            .forbidden
        ),
        Attack(
            .post,
            "/api/3.0/mlflow/traces",
            #"{"trace":{"trace_info":{"trace_id":"tr-9","assessments":{"overrides":"a-1"},"trace_location":{"mlflow_experiment":{"experiment_id":"1"}}}}}"#,
            .malformed
        ),
        Attack(
            .post,
            "/api/3.0/mlflow/traces",
            #"{"trace":{"trace_info":{"trace_id":"tr-9","assessments":[{"overrides":"","overrides":"a-1"}],"trace_location":{"mlflow_experiment":{"experiment_id":"1"}}}}}"#,
            .ambiguous
        ),
    ]

    static let paths: [Attack] = [
        Attack(.get, proxy, .malformed),
        Attack(.get, proxy + "?path=", .malformed),
        Attack(.get, proxy + "?path=1", .malformed),
        Attack(.get, proxy + "?path=.", .malformed),
        Attack(.get, proxy + "?path=1/r1/artifacts&path=2/r2/artifacts", .ambiguous),
        Attack(.get, proxy + "?path=1/r1/artifacts/%252e%252e", .malformed),
        Attack(.get, proxy + "?path=1//r1/artifacts", .malformed),
        Attack(.get, proxy + "?path=1/r1/artifacts%5C..", .malformed),
        Attack(.delete, proxy + "/1", .malformed),
        Attack(.delete, proxy + "/.", .malformed),
        Attack(.delete, proxy + "/./.", .malformed),
        Attack(.delete, proxy + "/.//", .unknown),
        Attack(.delete, proxy + "/%2e", .malformed),
        Attack(.delete, proxy + "/1/r1", .malformed),
        Attack(.delete, proxy + "/1/models", .malformed),
        Attack(.delete, proxy + "/1/models/m-1", .malformed),
        Attack(.delete, proxy, .unknown),
        Attack(.delete, proxy + "/", .unknown),
        Attack(.get, proxy + "/1/r2/artifacts/x", .noSuchThing),
        Attack(.get, proxy + "/2/r1/artifacts/x", .noSuchThing),
        Attack(.get, proxy + "/1/models/m-2/artifacts/x", .noSuchThing),
        Attack(.get, proxy + "/1/traces/tr-2/artifacts/traces.json", .noSuchThing),
        Attack(.get, proxy + "/1/r3/artifacts/x", .noSuchThing),
        Attack(.get, proxy + "/1/r9/artifacts/x", .noSuchThing),
        Attack(.get, proxy + "/1/r1/artifacts/../../../2/r2/artifacts/x", .malformed),
        Attack(.get, proxy + "/1/r1/artifacts/%2e%2e/x", .malformed),
        Attack(.get, proxy + "/1/r1/artifacts/%252e%252e/x", .malformed),
        Attack(.get, proxy + "/1/r1/artifacts/a%5Cb", .malformed),
        Attack(.get, proxy + "/1/r1/artifacts/a%00", .malformed),
        Attack(.get, proxy + "/1/r1/artifacts/a%23b", .malformed),
        Attack(.get, proxy + "/1/r1/artifacts//x", .unknown),
        Attack(.get, proxy + "/workspaces/other/1/r1/artifacts/x", .malformed),
        Attack(.get, proxy + "/file:/r1/artifacts/x", .malformed),
        Attack(.put, "/api/2.0/mlflow-artifacts/mpu/create/1/r1/artifacts/x", "{}", .unknown),
        Attack(.post, "/api/2.0/mlflow-artifacts/mpu/create/1/r1/artifacts/x", "{}", .closed),
        Attack(.get, "/api/2.0/mlflow/runs/get/", .unknown),
        Attack(.get, "//api/2.0/mlflow/runs/get?run_id=r1", .unknown),
        Attack(.get, "/api/2.0/mlflow/Runs/get?run_id=r1", .unknown),
        Attack(.get, "/api/2.0/mlflow/r%75ns/get?run_id=r1", .unknown),
        Attack(.get, "/api/2.0/preview/mlflow/runs/get?run_id=r1", .unknown),
        Attack(.get, "/api/4.0/mlflow/runs/get?run_id=r1", .unknown),
        Attack(.head, "/api/2.0/mlflow/runs/get?run_id=r1", .unknown),
        Attack(.put, "/api/2.0/mlflow/runs/get?run_id=r1", .unknown),
        Attack(.get, "/mlflow/", .unknown),
        Attack(.get, "", .unknown),
        Attack(.post, "/v1/traces", "x", .closed),
        Attack(.post, "/ajax-api/2.0/mlflow/gateway-proxy", "{}", .closed),
        Attack(.get, "/api/3.0/mlflow/gateway/secrets/list", .closed),
        Attack(.post, "/gateway/proxy/x/y/z", "{}", .closed),
        Attack(.post, "/api/2.0/mlflow/webhooks", "{}", .closed),
        Attack(.get, "/api/3.0/mlflow/workspaces", .closed),
        Attack(.post, "/ajax-api/3.0/mlflow/jobs/search", "{}", .closed),
    ]

    static let queries: [Attack] = [
        graphQL("query { __schema { types { name } } }", "{}"),
        graphQL("query Q($x: I) { test(inputString: $x) { output } }", #"{"x":{}}"#),
        graphQL("query Q($x: I) { mlflowSearchModelVersions(input: $x) { apiError { code } } }", #"{"x":{}}"#),
        graphQL(
            "query Q($x: I) { mlflowGetRun(input: $x) { run { modelVersions { version } } } }",
            #"{"x":{"runId":"r1"}}"#
        ),
        graphQL(
            "query Q($x: I) { mlflowGetRun(input: $x) { apiError { code } } mlflowGetExperiment(input: $x) { apiError { code } } }",
            #"{"x":{"runId":"r1"}}"#
        ),
        graphQL(
            "mutation Q($x: I) { mlflowSearchRuns(input: $x) { apiError { code } } }",
            #"{"x":{"experimentIds":["1"]}}"#
        ),
        graphQL(
            "query Q($x: I) { mlflowGetRun(input: $y) { apiError { code } } }",
            #"{"x":{"runId":"r1"},"y":{"runId":"r2"}}"#,
            .malformed
        ),
        graphQL(
            "query Q($x: I) { mlflowGetRun(input: $x) { apiError { code } } }",
            #"{"x":{"runId":"r1","runUuid":"r2"}}"#,
            .ambiguous
        ),
        graphQL(
            "query Q($x: I) { mlflowGetRun(input: $x) { apiError { code } } }",
            #"{"x":{"run_id":"r1"}}"#,
            .malformed
        ),
        graphQL(
            "query Q($x: I) { mlflowGetRun(input: $x) { apiError { code } } }",
            #"{"x":{"runId":"r1","experimentId":"2"}}"#,
            .malformed
        ),
        graphQL("query Q($x: I) { mlflowGetRun(input: $x) { apiError { code } } }", #"{"x":"r1"}"#, .malformed),
        graphQL("query Q($x: I) { mlflowGetRun(input: $x) { apiError { code } } }", #"{}"#, .malformed),
        graphQL(
            "query Q($x: I) { mlflowSearchRuns(input: $x) { apiError { code } } }",
            #"{"x":{"experimentIds":"1"}}"#,
            .malformed
        ),
        graphQL(
            "query Q($x: I) { mlflowSearchRuns(input: $x) { apiError { code } } }",
            #"{"x":{"experimentIds":[]}}"#,
            .malformed
        ),
        graphQL(
            "query Q($x: I) { mlflowListArtifacts(input: $x) { files { path } } }",
            #"{"x":{"runId":"r1","path":"../x"}}"#,
            .malformed
        ),
        Attack(.post, "/graphql", #"{"query":"query Q { a }","query":"query Q { b }"}"#, .ambiguous),
        Attack(.post, "/graphql", #"[{"query":"query Q { a }"}]"#, .malformed),
        Attack(.post, "/graphql", #"{"query":"query Q { a }","operationName":"R","variables":{}}"#, .ambiguous),
        Attack(.get, "/graphql?query=%7Ba%7D", .closed),
    ]

    private static func graphQL(_ query: String, _ variables: String, _ refusal: Attack.Refusal = .closed) -> Attack {
        Attack(.post, "/graphql", #"{"query":"\#(query)","variables":\#(variables)}"#, refusal)
    }
}
