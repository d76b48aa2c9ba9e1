import Catalog
import Profiles

/// A small MLflow that answers look-ups as the real one does, and the walk of a request through the profile.
///
///     experiments  0 Default · 1 press4 · 2 line2
///     runs         r1 in 1 · r2 in 2 · r3 in 1, its artifacts outside the proxy
///     models       m-1 in 1 · m-2 in 2
///     traces       tr-1 in 1 · tr-2 in 2
///     data sets    d-1 in 1 · d-12 in 1 and 2
///     registered   press: 1 from r1 and m-1, 2 from r2 · Press is another spelling of it · greet: 1, a prompt
struct MLflowWorld {
    var profile = MLflowProfile(service: "mlflow")

    /// What became of a request.
    enum Outcome: Hashable {
        /// The questions, written `action kind id name`, in order.
        case meaning([String])
        case refused(RouteRefusal)
        /// A body longer than this is refused.
        case unread(atMost: Int)
    }

    /// Walks a request to its end.
    func outcome(_ method: ProfileRequest.Method, _ target: String, _ body: String? = nil) -> Outcome {
        switch self.resolve(method, target, body).resolution {
        case .meaning(let meaning): .meaning(meaning.questions.map(Self.written))
        case .refused(let refusal): .refused(refusal)
        case .needsBody(let limit): .unread(atMost: limit)
        case .needsMetadata(let queries): .meaning(queries.map { "unanswered \($0.target)" })
        }
    }

    /// Walks a request to its end, and says what was looked up on the way.
    func resolve(
        _ method: ProfileRequest.Method,
        _ target: String,
        _ body: String? = nil,
        contentType: String? = "application/json"
    ) -> (resolution: Resolution, lookUps: [MetadataQuery]) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var facts = MetadataFacts()
        var lookUps: [MetadataQuery] = []
        var held: ProfileRequest.Body = body == nil ? .none : .unread
        while true {
            let request = ProfileRequest(
                method: method,
                path: Array(parts[0].utf8),
                query: parts.count > 1 ? Array(parts[1].utf8) : nil,
                contentType: contentType.map { Array($0.utf8) },
                body: held
            )
            let resolution = self.profile.resolve(request, known: facts)
            switch resolution {
            case .needsBody where body != nil:
                held = .held(Array((body ?? "").utf8))
            case .needsMetadata(let queries) where lookUps.count < 100:
                for query in queries { facts[query] = self.fact(query) }
                lookUps += queries
            default: return (resolution, lookUps)
            }
        }
    }

    /// What the profile makes of the server's answer to a look-up.
    func fact(_ query: MetadataQuery) -> Fact {
        guard let answer = Self.answers[query.target] else {
            let body = #"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "not found"}"#
            return self.profile.fact(answering: query, status: 404, body: Array(body.utf8))
        }
        return self.profile.fact(answering: query, status: 200, body: Array(answer.utf8))
    }

    /// A question on one line.
    static func written(_ question: Question) -> String {
        let resource = question.resource
        return [question.action, resource.kind, resource.id, resource.name].compactMap { $0 }.joined(separator: " ")
    }

    private static let answers: [String: String] = {
        var answers: [String: String] = [:]
        for (id, name) in [("0", "Default"), ("1", "press4"), ("2", "line2")] {
            let experiment =
                #"{"experiment": {"experiment_id": "\#(id)", "name": "\#(name)", "lifecycle_stage": "active"}}"#
            answers["/api/2.0/mlflow/experiments/get?experiment_id=\(id)"] = experiment
            answers["/api/2.0/mlflow/experiments/get-by-name?experiment_name=\(name)"] = experiment
        }
        for (id, experiment, root) in [
            ("r1", "1", "mlflow-artifacts:/1/r1/artifacts"), ("r2", "2", "mlflow-artifacts:/2/r2/artifacts"),
            ("r3", "1", "s3://bucket/elsewhere/r3"),
        ] {
            answers["/api/2.0/mlflow/runs/get?run_id=\(id)"] =
                #"{"run": {"info": {"run_id": "\#(id)", "experiment_id": "\#(experiment)", "artifact_uri": "\#(root)"}}}"#
        }
        for number in ["1", "2"] {
            answers["/api/2.0/mlflow/logged-models/m-\(number)?allow_deleted=true"] = """
                {"model": {"info": {"model_id": "m-\(number)", "experiment_id": "\(number)",
                "artifact_uri": "mlflow-artifacts:/\(number)/models/m-\(number)/artifacts"}}}
                """
            answers["/api/3.0/mlflow/traces/tr-\(number)"] = """
                {"trace": {"trace_info": {"trace_id": "tr-\(number)", "trace_location":
                {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "\(number)"}}}}}
                """
        }
        answers["/api/3.0/mlflow/datasets/d-1/experiment-ids"] = #"{"experiment_ids": ["1"]}"#
        answers["/api/3.0/mlflow/datasets/d-12/experiment-ids"] = #"{"experiment_ids": ["1", "2"]}"#
        answers["/api/3.0/mlflow/datasets/d-none/experiment-ids"] = "{}"
        for (asked, name) in [("press", "press"), ("Press", "press"), ("greet", "greet")] {
            answers["/api/2.0/mlflow/registered-models/get?name=\(asked)"] =
                #"{"registered_model": {"name": "\#(name)"}}"#
        }
        let one = #"{"model_version": {"name": "press", "version": "1", "run_id": "r1", "source": "models:/m-1"}}"#
        let two = """
            {"model_version": {"name": "press", "version": "2", "run_id": "r2",
            "source": "mlflow-artifacts:/2/r2/artifacts/model"}}
            """
        let stray = #"{"model_version": {"name": "press", "version": "3", "run_id": "r1", "source": "file:///etc"}}"#
        answers["/api/2.0/mlflow/model-versions/get?name=press&version=1"] = one
        answers["/api/2.0/mlflow/model-versions/get?name=Press&version=1"] = one
        answers["/api/2.0/mlflow/model-versions/get?name=press&version=2"] = two
        answers["/api/2.0/mlflow/model-versions/get?name=press&version=3"] = stray
        answers["/api/2.0/mlflow/model-versions/get?name=greet&version=1"] =
            #"{"model_version": {"name": "greet", "version": "1", "source": "dummy-source"}}"#
        answers["/api/2.0/mlflow/registered-models/alias?name=press&alias=champion"] = two
        return answers
    }()
}
