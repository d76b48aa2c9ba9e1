/// One row of the route table: a call of MLflow, and what it means.
///
/// A row reads like a sentence:
///
///     .ask(.post, .v2, "runs/log-metric", .write, [.run("run_id", "run_uuid"), .loggedModel("model_id").optional])
///
/// The call `POST …/2.0/mlflow/runs/log-metric` writes to the experiment of the run, and to that of the logged model if
/// one is named. Every row under `api/` stands for its twin under `ajax-api/` too: both reach the same code.
struct MLflowRoute: Sendable {
    /// Where the call's path begins.
    enum Family: Hashable, Sendable {
        /// At the root of the server.
        case root
        /// `/api/2.0/mlflow/` and `/ajax-api/2.0/mlflow/`.
        case v2
        /// `/api/3.0/mlflow/` and `/ajax-api/3.0/mlflow/`.
        case v3
        /// `/api/2.0/mlflow-artifacts/` and `/ajax-api/2.0/mlflow-artifacts/`.
        case artifacts
    }

    /// What a call means.
    enum Sense: Sendable {
        /// It is about the service itself, whoever and whatever is in it.
        case service(MLflowAction)
        /// It is about all of these.
        case subjects([MLflowSubject])
        /// It is a GraphQL document, which says for itself what it is about.
        case graphQL
        /// It stays closed, whoever asks, for this reason.
        case closed(String)
    }

    /// Where the arguments stand.
    enum Arguments: Sendable {
        /// In the path and the query; a body, if any, is content that passes by.
        case target
        /// In the path and a JSON body of at most so many bytes.
        case body(atMost: Int)
    }

    /// The method.
    let method: ProfileRequest.Method

    /// Where the path begins.
    let family: Family

    /// The rest of the path: literal segments, `<name>` for one segment and `<name...>` for all that follow.
    let path: String

    /// What it means.
    let sense: Sense

    /// Where its arguments stand.
    var arguments: Arguments

    /// How the answer is cut down.
    var filter: MLflowListFilter.Shape?

    /// Fields that only an operator may set.
    var reserved: [String] = []

    /// The field that the body must begin with.
    var leading: String?

    /// Where it names the tags of a trace that it sets or removes.
    var traceTags: MLflowTraceTags?

    /// Whether it changes what a look-up has answered.
    var changesFacts = false

    /// The longest JSON body that is held: what MLflow itself takes for a batch, and some room.
    static let bodyLimit = 1 << 20
}

extension MLflowRoute {
    /// A call about things that must be looked at one by one.
    static func ask(
        _ method: ProfileRequest.Method,
        _ family: Family,
        _ path: String,
        _ action: MLflowAction,
        _ subjects: [MLflowSubject]
    ) -> MLflowRoute {
        MLflowRoute(
            method: method,
            family: family,
            path: path,
            sense: .subjects(subjects.map { $0.asked($0.action ?? action) }),
            arguments: method == .get || method == .put ? .target : .body(atMost: Self.bodyLimit)
        )
    }

    /// A call about the service itself.
    static func service(
        _ method: ProfileRequest.Method,
        _ family: Family,
        _ path: String,
        _ action: MLflowAction
    ) -> MLflowRoute {
        MLflowRoute(method: method, family: family, path: path, sense: .service(action), arguments: .target)
    }

    /// A call that stays closed.
    static func closed(
        _ method: ProfileRequest.Method,
        _ family: Family,
        _ path: String,
        _ reason: String
    ) -> MLflowRoute {
        MLflowRoute(method: method, family: family, path: path, sense: .closed(reason), arguments: .target)
    }

    /// The call with its answer cut down.
    func filtered(_ shape: MLflowListFilter.Shape) -> MLflowRoute {
        var route = self
        route.filter = shape
        return route
    }

    /// The call with its arguments in the target, though its method could have them in a body.
    var byTarget: MLflowRoute {
        var route = self
        route.arguments = .target
        return route
    }

    /// The call with room for a longer body.
    func holding(atMost limit: Int) -> MLflowRoute {
        var route = self
        route.arguments = .body(atMost: limit)
        return route
    }

    /// The call without what only an operator may set.
    func reserving(_ fields: String...) -> MLflowRoute {
        var route = self
        route.reserved = fields
        return route
    }

    /// The call with a body that begins with this field.
    ///
    /// MLflow reads a body member by member, and goes on with what it has when it comes to one that is not of its type: it
    /// would act without this field, and in the default experiment where that is what none stands for.
    func leading(with field: String) -> MLflowRoute {
        var route = self
        route.leading = field
        return route
    }

    /// The call without those tags of a trace that say where its data lies.
    func guarding(_ tags: MLflowTraceTags) -> MLflowRoute {
        var route = self
        route.traceTags = tags
        return route
    }

    /// The call marked as one after which look-ups may answer differently.
    var changing: MLflowRoute {
        var route = self
        route.changesFacts = true
        return route
    }
}
