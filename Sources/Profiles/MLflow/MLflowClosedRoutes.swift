/// What MLflow has and the gateway keeps closed, each for a reason.
///
/// A route that is not in the table at all is refused just the same. These stand here so that somebody who asks why is
/// told, and so that a test can tell a decision from an oversight.
extension MLflowRouteTable {
    static let closed: [MLflowRoute] =
        [
            .closed(.get, .root, "graphql", "a query is sent with `POST`"),
            .closed(.post, .root, "v1/traces", "spans name their trace inside a protobuf body, which is not read"),
            .closed(.post, .v3, "ui-telemetry", "what people click stays in the house"),
            .closed(.get, .v2, "unified-traces", notThere),
            .closed(.get, .v2, "get-online-trace-details", notThere),
            .closed(.post, .v2, "runs/create-promptlab-run", usesModels),
            .closed(.get, .v2, "gateway-proxy", usesModels),
            .closed(.post, .v2, "gateway-proxy", usesModels),
            .closed(.post, .v3, "scorer/invoke", runsCode),
            .closed(.post, .v3, "genai/evaluate/invoke", runsCode),
            .closed(.post, .v3, "issues/invoke", runsCode),
            .closed(.get, .v3, "scorers/online-configs", runsCode),
            .closed(.put, .v3, "scorers/online-config", runsCode),
            .closed(.get, .root, "build/<path...>", "the interface is at `static-files`"),
            .closed(.post, .root, "api/2.0mlflow/experiments/search-datasets", notThere),
            .closed(.post, .root, "ajax-api/2.0mlflow/experiments/search-datasets", notThere),
            .closed(.post, .v3, "demo/generate", "a demonstration makes an experiment of its own"),
            .closed(.post, .v3, "demo/delete", "a demonstration makes an experiment of its own"),
        ] + everything(under: "jobs", runsCode) + everything(under: "prompt-optimization", runsCode)
        + everything(under: "gateway", usesModels) + everything(under: "webhooks", callsOut, in: .v2)
        + everything(under: "workspaces", "workspaces are a second tenancy beside labels")
        + everything(under: "issues", notMapped) + everything(under: "label-schemas", notMapped)
        + everything(under: "review-queues", notMapped) + everything(under: "assistant", runsCode)
        + everything(under: "mcp-servers", notMapped) + everything(under: "gateway", usesModels, in: .root)
        + everything(under: "ajax-api/3.0/jobs", runsCode, in: .root)

    /// Every call at and below one path.
    private static func everything(
        under path: String,
        _ reason: String,
        in family: MLflowRoute.Family = .v3
    ) -> [MLflowRoute] {
        ProfileRequest.Method.allCases.flatMap { method in
            [path, path + "/<path...>"].map { .closed(method, family, $0, reason) }
        }
    }

    private static let usesModels = "language models behind MLflow's gateway have no label here"
    private static let runsCode = "it runs code on the server, with the server's rights"
    private static let callsOut = "a webhook sends names and tags to an address of its own"
    private static let notMapped = "what it shows is not traced to an experiment"
    private static let notThere = "MLflow does not offer it"
}
