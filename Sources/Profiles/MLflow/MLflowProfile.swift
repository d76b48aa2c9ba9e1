import Catalog

/// The profile of the MLflow tracking server: experiments with their runs, traces, models and artifacts, and the registry.
///
/// Decisions are made per experiment, and per registered model by its name. A run, trace or logged model is traced to its
/// experiment by asking MLflow once, since that never changes; a model version to the run or logged model it was made
/// from. Lists that span experiments are cut down in the answer. What is not in ``MLflowRouteTable`` stays closed.
///
/// Source: MLflow 3.17.2, `mlflow/server/handlers.py` and `mlflow/protos/*.proto`.
package struct MLflowProfile: Profile {
    /// The name of the service in the configuration, as the catalogue uses it.
    package let service: String

    /// Makes the profile of a service.
    package init(service: String) {
        self.service = service
    }

    /// `Origin`: MLflow compares it with a list of its own, and knows nothing of the gateway's host; the gateway has
    /// judged it already.
    package var withheldFields: [String] { ["origin"] }

    /// `X-MLflow-Workspace` would choose another set of experiments with ids of their own; a body with a `Content-Encoding` is
    /// another one to whoever undoes it, and MLflow's clients encode none on the routes that are open.
    ///
    /// A WSGI server takes `_` in the name of a field for `-`.
    package var refusedFields: [String] {
        [
            "x-mlflow-workspace", "x_mlflow-workspace", "x-mlflow_workspace", "x_mlflow_workspace", "content-encoding",
        ]
    }

    package func fact(answering query: MetadataQuery, status: Int, body: [UInt8]) -> Fact {
        MLflowFact.answering(query, status: status, body: body)
    }

    package func resolve(_ request: borrowing ProfileRequest, known: MetadataFacts) -> Resolution {
        do throws(RouteRefusal) {
            return try self.resolution(of: request, known: known)
        } catch {
            return .refused(error)
        }
    }

    private func resolution(
        of request: borrowing ProfileRequest,
        known: MetadataFacts
    ) throws(RouteRefusal) -> Resolution {
        guard let match = MLflowRouteTable.shared.match(request.method, request.path) else { throw .unknownRoute }
        let route = match.route
        if case .closed(let reason) = route.sense { throw .closedRoute(reason) }
        var body: [UInt8]?
        switch (route.arguments, request.body) {
        case (_, .none): body = nil
        case (.target, _):
            // MLflow reads the arguments of a `GET` from its body when the query is empty.
            guard request.method != .get, request.method != .head else {
                throw .ambiguous("`\(request.method.rawValue)` with a body")
            }
        case (.body(let limit), .unread): return .needsBody(atMost: limit)
        case (.body(let limit), .held(let bytes)):
            guard bytes.count <= limit else { throw .malformed("the body is longer than \(limit) bytes") }
            body = bytes
        }
        let isFromBody = if case .body = route.arguments { true } else { false }
        let arguments = try MLflowArguments(
            captures: match.captures,
            query: request.query,
            body: body,
            contentType: request.contentType,
            isFromBody: isFromBody
        )
        for field in route.reserved where try arguments.isGiven(field) {
            throw .forbiddenValue("`\(field)`, leave it out")
        }
        if let field = route.leading, !arguments.begin(with: field) {
            throw .ambiguous("MLflow may leave out what it cannot read and what follows, expected `\(field)` first")
        }
        try route.traceTags?.check(arguments)
        var inquiry = MLflowInquiry(service: self.service, known: known)
        var filter = route.filter
        let pages = try filter?.pages(askedForBy: arguments)
        switch route.sense {
        case .service(let action): inquiry.ask(action)
        case .subjects(let subjects): for subject in subjects { try inquiry.ask(about: subject, in: arguments) }
        case .graphQL:
            let call = try MLflowGraphQLCall(arguments)
            try inquiry.ask(about: call)
            filter = call.listsModelVersions ? .graphQL : nil
        case .closed: throw .unknownRoute
        }
        guard inquiry.missing.isEmpty else { return .needsMetadata(inquiry.missing) }
        guard !inquiry.questions.isEmpty else { throw .malformed("the request names nothing that could be decided on") }
        return .meaning(
            Meaning(
                inquiry.questions,
                filter: filter.map { MLflowListFilter(service: self.service, shape: $0, pages: pages) },
                forgets: route.changesFacts ? inquiry.used : [],
                isStable: !isFromBody && !route.changesFacts && inquiry.used.allSatisfy { $0.lifetime != .momentary },
                restsOn: inquiry.used
            )
        )
    }
}
