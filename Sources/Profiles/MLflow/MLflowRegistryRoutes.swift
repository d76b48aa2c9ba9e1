/// Registered models, their versions, and prompts, which MLflow keeps as registered models.
extension MLflowRouteTable {
    static let registeredModels: [MLflowRoute] = [
        .ask(.post, .v2, "registered-models/create", .create, [.registeredModel("name")]).changing,
        .ask(.get, .v2, "registered-models/get", .read, [.registeredModel("name")]).filtered(.registeredModel),
        .service(.get, .v2, "registered-models/search", .list).filtered(.registeredModels),
        // A registered model has no id but its name, so that a rename moves it under another label.
        .ask(
            .post,
            .v2,
            "registered-models/rename",
            .administer,
            [.registeredModel("name"), .registeredModel("new_name").asked(.create)]
        ).changing.filtered(.registeredModel),
        // Like what reads a model, what changes it answers with its latest versions, whatever those were made from.
        .ask(.patch, .v2, "registered-models/update", .write, [.registeredModel("name")]).filtered(.registeredModel),
        .ask(.delete, .v2, "registered-models/delete", .delete, [.registeredModel("name")]).changing,
        .ask(.get, .v2, "registered-models/get-latest-versions", .read, [.registeredModel("name")])
            .filtered(.latestVersions),
        .ask(.post, .v2, "registered-models/get-latest-versions", .read, [.registeredModel("name")])
            .filtered(.latestVersions),
        .ask(.post, .v2, "registered-models/set-tag", .write, [.registeredModel("name")]),
        .ask(.delete, .v2, "registered-models/delete-tag", .write, [.registeredModel("name")]),
        .ask(.get, .v2, "registered-models/alias", .read, [.alias("name", "alias")]),
        .ask(.post, .v2, "registered-models/alias", .write, [.modelVersion("name", "version")]),
        .ask(.delete, .v2, "registered-models/alias", .write, [.registeredModel("name")]),
    ]

    static let modelVersions: [MLflowRoute] = [
        .ask(.post, .v2, "model-versions/create", .write, [.registeredModel("name"), .origin.asked(.read)]),
        .ask(.get, .v2, "model-versions/get", .read, [.modelVersion("name", "version")]),
        .ask(.get, .v2, "model-versions/get-download-uri", .read, [.modelVersion("name", "version")]),
        .service(.get, .v2, "model-versions/search", .list).filtered(.modelVersions),
        .ask(.patch, .v2, "model-versions/update", .write, [.modelVersion("name", "version")]),
        .ask(.post, .v2, "model-versions/transition-stage", .write, [.modelVersion("name", "version")]),
        .ask(.delete, .v2, "model-versions/delete", .delete, [.modelVersion("name", "version")]),
        .ask(.post, .v2, "model-versions/set-tag", .write, [.modelVersion("name", "version")]),
        .ask(.delete, .v2, "model-versions/delete-tag", .write, [.modelVersion("name", "version")]),
    ]
}
