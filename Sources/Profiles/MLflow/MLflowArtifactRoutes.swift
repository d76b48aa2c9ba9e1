/// Artifacts: through MLflow's artifact proxy by path, and by the run or model version they belong to.
extension MLflowRouteTable {
    static let artifacts: [MLflowRoute] = [
        .ask(.get, .artifacts, "artifacts", .read, [.artifacts("path")]),
        .ask(.get, .artifacts, "artifacts/<path...>", .read, [.artifacts("path")]),
        .ask(.put, .artifacts, "artifacts/<path...>", .write, [.artifacts("path")]),
        .ask(.delete, .artifacts, "artifacts/<path...>", .delete, [.artifacts("path")]).byTarget,
        .ask(.get, .v2, "artifacts/list", .read, [.run("run_id", "run_uuid"), .relativePath("path").optional]),
        .ask(.get, .root, "get-artifact", .read, [.run("run_id", "run_uuid"), .relativePath("path")]),
        .ask(
            .get,
            .root,
            "model-versions/get-artifact",
            .read,
            [.modelVersion("name", "version"), .relativePath("path")]
        ),
        .ask(.post, .v2, "upload-artifact", .write, [.run("run_uuid"), .relativePath("path")]).byTarget,
        .closed(.post, .artifacts, "mpu/create/<path...>", handsOutAddresses),
        .closed(.post, .artifacts, "mpu/complete/<path...>", handsOutAddresses),
        .closed(.post, .artifacts, "mpu/abort/<path...>", handsOutAddresses),
        .closed(.get, .artifacts, "presigned/<path...>", handsOutAddresses),
        .closed(.post, .v2, "artifacts/presigned-upload-url", handsOutAddresses),
        .closed(.post, .v2, "artifacts/presigned-download-url", handsOutAddresses),
    ]

    private static let handsOutAddresses = "it hands out addresses at the object store, past the gateway"
}
