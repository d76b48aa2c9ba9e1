/// Traces with their assessments, evaluation data sets and scorers: each belongs to an experiment.
extension MLflowRouteTable {
    static let traces: [MLflowRoute] = [
        .ask(.post, .v3, "traces/search", .read, [.experiments(traceLocations)]),
        .ask(
            .post,
            .v3,
            "traces",
            .write,
            [.experiment(newTraceLocation), .newTrace("trace.trace_info.trace_id")]
        ).holding(atMost: 4 << 20).guarding(.names(of: "trace.trace_info.tags"))
            // MLflow takes these as they are, whichever trace they belong to: it writes over the one with this id, and sets the
            // flag of the one that is overridden when the overriding one is deleted. Its client leaves both to the server.
            .reserving("trace.trace_info.assessments[].assessment_id", "trace.trace_info.assessments[].overrides"),
        .ask(.get, .v3, "traces/get", .read, [.trace("trace_id")]),
        .ask(.get, .v3, "traces/batchGet", .read, [.traces("trace_ids[]")]),
        .ask(.post, .v3, "traces/batchGetInfos", .read, [.traces("trace_ids[]")]),
        .ask(.post, .v3, "traces/metrics", .read, [.experiments("experiment_ids[]")]),
        .ask(.post, .v3, "traces/calculate-filter-correlation", .read, [.experiments("experiment_ids[]")]),
        .ask(.post, .v3, "traces/delete-traces", .delete, [.experiment("experiment_id")]),
        .ask(.get, .v3, "traces/<trace_id>", .read, [.trace("trace_id")]),
        .ask(.patch, .v3, "traces/<trace_id>/tags", .write, [.trace("trace_id")]).guarding(.keys("key")),
        .ask(.delete, .v3, "traces/<trace_id>/tags", .write, [.trace("trace_id")]).guarding(.keys("key")),
        .ask(.post, .v3, "traces/<trace_id>/assessments", .write, [.trace("trace_id")]).byTarget,
        .ask(.get, .v3, "traces/<trace_id>/assessments/<assessment_id>", .read, [.trace("trace_id")]),
        .ask(.patch, .v3, "traces/<trace_id>/assessments/<assessment_id>", .write, [.trace("trace_id")]).byTarget,
        .ask(.delete, .v3, "traces/<trace_id>/assessments/<assessment_id>", .write, [.trace("trace_id")]).byTarget,
        .ask(.get, .v3, "get-trace-artifact", .read, [.trace("request_id"), .relativePath("path").optional]),
        // The second version of the same calls, which older clients send.
        .ask(.post, .v2, "traces", .write, [.experiment("experiment_id")]).guarding(.keys("tags[].key"))
            .leading(with: "experiment_id"),
        .ask(.get, .v2, "traces", .read, [.experiments("experiment_ids[]")]),
        .ask(.patch, .v2, "traces/<request_id>", .write, [.trace("request_id")]).guarding(.keys("tags[].key")),
        .ask(.get, .v2, "traces/<request_id>/info", .read, [.trace("request_id")]),
        .ask(.patch, .v2, "traces/<request_id>/tags", .write, [.trace("request_id")]).guarding(.keys("key")),
        .ask(.delete, .v2, "traces/<request_id>/tags", .write, [.trace("request_id")]).guarding(.keys("key")),
        .ask(.post, .v2, "traces/delete-traces", .delete, [.experiment("experiment_id")]),
        .ask(.get, .v2, "get-trace-artifact", .read, [.trace("request_id"), .relativePath("path").optional]),
        .ask(.post, .v2, "traces/link-to-run", .write, [.run("run_id"), .traces("trace_ids[]")]),
        .ask(
            .post,
            .v2,
            "traces/link-prompts",
            .write,
            [.trace("trace_id"), .registeredModels("prompt_versions[].name").asked(.read)]
        ),
    ]

    static let datasets: [MLflowRoute] = [
        .ask(.post, .v3, "datasets/create", .write, [.experiments("experiment_ids[]")]),
        .ask(.post, .v3, "datasets/search", .read, [.experiments("experiment_ids[]")]).filtered(.datasets),
        .ask(.get, .v3, "datasets/search", .read, [.experiments("experiment_ids[]")]).filtered(.datasets),
        .ask(.get, .v3, "datasets/<dataset_id>", .read, [.dataset("dataset_id")]),
        .ask(.delete, .v3, "datasets/<dataset_id>", .delete, [.dataset("dataset_id")]).byTarget,
        .ask(.patch, .v3, "datasets/<dataset_id>/tags", .write, [.dataset("dataset_id")]).byTarget,
        .ask(.delete, .v3, "datasets/<dataset_id>/tags/<key>", .write, [.dataset("dataset_id")]).byTarget,
        .ask(.get, .v3, "datasets/<dataset_id>/records", .read, [.dataset("dataset_id")]),
        .ask(.post, .v3, "datasets/<dataset_id>/records", .write, [.dataset("dataset_id")]).byTarget,
        .ask(.delete, .v3, "datasets/<dataset_id>/records", .delete, [.dataset("dataset_id")]).byTarget,
        .ask(.get, .v3, "datasets/<dataset_id>/experiment-ids", .read, [.dataset("dataset_id")]),
        // In an experiment of lower label the same records would be within more people's reach.
        .closed(.post, .v3, "datasets/<dataset_id>/add-experiments", movesData),
        .closed(.post, .v3, "datasets/<dataset_id>/remove-experiments", movesData),
    ]

    static let scorers: [MLflowRoute] = [
        .ask(.post, .v3, "scorers/register", .write, [.experiment("experiment_id")]),
        .ask(.get, .v3, "scorers/list", .read, [.experiment("experiment_id")]),
        .ask(.get, .v3, "scorers/versions", .read, [.experiment("experiment_id")]),
        .ask(.get, .v3, "scorers/get", .read, [.experiment("experiment_id")]),
        .ask(.delete, .v3, "scorers/delete", .delete, [.experiment("experiment_id")]),
    ]

    /// Where a search for traces names its experiments.
    private static let traceLocations = "locations[].mlflow_experiment.experiment_id"

    /// Where a new trace names its experiment.
    private static let newTraceLocation = "trace.trace_info.trace_location.mlflow_experiment.experiment_id"

    private static let movesData = "a data set stays in the experiments it was created in, since its label does"
}
