/// A GraphQL query as MLflow's web interface sends it, and what it is about.
///
/// The queries are an allow-list by their one root field: how it names what it is about is written down for each, and a
/// query for anything else, or for more than one thing, is refused.
struct MLflowGraphQLCall {
    /// A root field that is let through.
    private struct RootField {
        let name: String
        /// The fields of its `input`, with the one, or the two that must agree, that name what it is about.
        let subject: MLflowSubject
        let other: [String]
    }

    private static let rootFields = [
        RootField(name: "mlflowGetExperiment", subject: .experiment("experimentId"), other: []),
        RootField(name: "mlflowGetRun", subject: .run("runId", "runUuid"), other: []),
        RootField(
            name: "mlflowGetMetricHistoryBulkInterval",
            subject: .runs("runIds[]"),
            other: ["metricKey", "startStep", "endStep", "maxResults"]
        ),
        RootField(
            name: "mlflowListArtifacts",
            subject: .run("runId", "runUuid"),
            other: ["path", "pageToken"]
        ),
        RootField(
            name: "mlflowSearchRuns",
            subject: .experiments("experimentIds[]"),
            other: ["filter", "runViewType", "maxResults", "orderBy", "pageToken"]
        ),
    ]

    /// What the query reads.
    let subject: MLflowSubject

    /// The variable that is its input.
    let input: MLflowArguments

    /// Whether the answer lists model versions, of models that were not asked about.
    let listsModelVersions: Bool

    /// Reads a query from the body of its request.
    init(_ body: MLflowArguments) throws(RouteRefusal) {
        guard let document = try body.value(["query"]) else { throw .malformed("expected `query`") }
        let operation = try Self.operation(document)
        if let name = try body.value(["operationName"]), name != operation.name {
            throw .ambiguous("the operation is not called `\(name)`")
        }
        guard operation.selections.count == 1, let field = operation.selections.first,
            let root = Self.rootFields.first(where: { $0.name == field.name })
        else { throw .closedRoute("this GraphQL query is not one of those that are known") }
        guard field.arguments.count == 1, let variable = field.arguments["input"],
            operation.variables.contains(variable)
        else { throw .malformed("expected the GraphQL argument `input` to be a variable") }
        var versions = 0
        try Self.check(field.selections, modelVersions: &versions)
        let allowed = root.other + root.subject.fields.map { $0.hasSuffix("[]") ? String($0.dropLast(2)) : $0 }
        self.input = try body.object(at: ["variables", variable], fields: allowed)
        self.subject = root.subject.asked(.read)
        self.listsModelVersions = versions > 0
        if let path = try self.input.value(["path"]), !path.isEmpty, !MLflowArtifactPath.isSafe(path) {
            throw .malformed("expected a path without escapes, dots and empty segments")
        }
    }

    private static func operation(_ document: String) throws(RouteRefusal) -> GraphQLOperation {
        do throws(GraphQLError) {
            return try GraphQLOperation(document)
        } catch {
            throw .closedRoute(error.description)
        }
    }

    /// Makes sure that no field inside takes arguments, and that listed versions say whose they are.
    private static func check(
        _ fields: [GraphQLOperation.Field],
        modelVersions: inout Int
    ) throws(RouteRefusal) {
        for field in fields {
            guard field.arguments.isEmpty else {
                throw .closedRoute("the GraphQL field `\(field.name)` with arguments")
            }
            if field.name == "modelVersions" {
                guard field.selections.contains(where: { $0.name == "name" }) else {
                    throw .closedRoute("the GraphQL field `modelVersions` without `name`")
                }
                modelVersions += 1
            }
            try Self.check(field.selections, modelVersions: &modelVersions)
        }
    }
}

extension MLflowInquiry {
    /// Asks about what a GraphQL query reads.
    mutating func ask(about call: MLflowGraphQLCall) throws(RouteRefusal) {
        try self.ask(about: call.subject, in: call.input)
    }
}
