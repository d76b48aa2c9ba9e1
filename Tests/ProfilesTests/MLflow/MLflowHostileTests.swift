import Testing

@testable import Profiles

@Suite("MLflow requests that could be read in two ways, or lead elsewhere")
struct MLflowHostileTests {
    @Test("Ids that could be read in two ways are refused", arguments: Attack.ids)
    func ids(attack: Attack) { Self.expect(attack) }

    @Test("Values that lead out of an experiment are refused", arguments: Attack.values)
    func values(attack: Attack) { Self.expect(attack) }

    @Test("Tags that say where a trace's data lies are not set by clients", arguments: Attack.traceTags)
    func traceTags(attack: Attack) { Self.expect(attack) }

    @Test("Paths that lead out of a run, and routes that are not known, are refused", arguments: Attack.paths)
    func paths(attack: Attack) { Self.expect(attack) }

    @Test("GraphQL queries but those that are known are refused", arguments: Attack.queries)
    func queries(attack: Attack) { Self.expect(attack) }

    private static func expect(_ attack: Attack) {
        guard case .refused(let refusal) = MLflowWorld().outcome(attack.method, attack.target, attack.body) else {
            Issue.record("it was let through")
            return
        }
        #expect(kind(of: refusal) == attack.refusal)
    }

    @Test("A body of another type than JSON is refused", arguments: ["text/plain", "multipart/form-data", nil])
    func contentType(type: String?) {
        let (resolution, _) = MLflowWorld().resolve(
            .post,
            "/api/2.0/mlflow/runs/delete",
            #"{"run_id":"r1"}"#,
            contentType: type
        )
        guard case .refused(.malformed) = resolution else {
            Issue.record("it was let through")
            return
        }
    }

    @Test("Fields that choose other experiments, or let a body be read in another way, refuse a request")
    func fields() {
        let refused = Set(MLflowProfile(service: "mlflow").refusedFields)
        #expect(refused.isSuperset(of: ["x-mlflow-workspace", "x_mlflow_workspace", "content-encoding"]))
    }

    @Test(
        "A server that fails or answers something else gives no fact",
        arguments: [
            (200, "{}"), (200, #"{"run":{"info":{"run_id":"r2","experiment_id":"1","artifact_uri":"x"}}}"#),
            (200, #"{"run":{"info":{"run_id":"r1","experiment_id":"01","artifact_uri":"x"}}}"#),
            (200, #"{"run":{"info":{"run_id":"r1","run_id":"r1","experiment_id":"1","artifact_uri":"x"}}}"#),
            (404, "<html>not found</html>"), (404, #"{"error_code":"ENDPOINT_NOT_FOUND"}"#), (500, "{}"), (401, "{}"),
            (200, ""),
        ]
    )
    func facts(status: Int, body: String) {
        let profile = MLflowProfile(service: "mlflow")
        #expect(
            profile.fact(answering: MLflowLookUp.run("r1"), status: status, body: Array(body.utf8))
                == .unknown(status: status)
        )
    }

    @Test("As long as a fact is unknown, the request is refused")
    func unknownFact() {
        let query = MLflowLookUp.run("r1")
        let request = ProfileRequest(
            method: .get,
            path: Array("/api/2.0/mlflow/runs/get".utf8),
            query: Array("run_id=r1".utf8),
            contentType: nil,
            body: .none
        )
        let resolution = MLflowProfile(service: "mlflow").resolve(
            request,
            known: MetadataFacts([query: .unknown(status: 500)])
        )
        guard case .refused(.unknown) = resolution else {
            Issue.record("it was let through")
            return
        }
    }
}

/// The kind of a refusal.
private func kind(of refusal: RouteRefusal) -> Attack.Refusal? {
    switch refusal {
    case .unknownRoute: .unknown
    case .closedRoute: .closed
    case .ambiguous: .ambiguous
    case .malformed: .malformed
    case .forbiddenValue: .forbidden
    case .noSuchThing: .noSuchThing
    case .unknown: nil
    }
}
