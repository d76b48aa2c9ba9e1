import Catalog
import Testing

@testable import Profiles

@Suite("Lists cut down to what a person may see")
struct MLflowListFilterTests {
    /// Filters an answer for somebody who may read experiment 1 and the registered model press.
    private func filtered(_ shape: MLflowListFilter.Shape, _ answer: String) -> (text: String?, removed: Int) {
        let world = MLflowWorld()
        let filter = MLflowListFilter(service: "mlflow", shape: shape)
        let permitted: Set = ["read experiment 1 press4", "read registered-model press"]
        var facts = MetadataFacts()
        for _ in 0..<8 {
            let outcome = filter.apply(to: Array(answer.utf8), known: facts) { question in
                permitted.contains(MLflowWorld.written(question))
            }
            switch outcome {
            case .filtered(let bytes, let removed): return (String(decoding: bytes, as: UTF8.self), removed)
            case .needsMetadata(let queries): for query in queries { facts[query] = world.fact(query) }
            case .failed: return (nil, 0)
            }
        }
        return (nil, 0)
    }

    @Test("Experiments by their id and name, every other byte kept")
    func experiments() {
        let answer = """
            {
              "experiments": [
                { "experiment_id": "2", "name": "line2", "creation_time": 1.50e3 },
                { "experiment_id": "1", "name": "press4", "tags": [{"key": "\\u00e4"}] },
                { "experiment_id": "1" },
                { "experiment_id": 1, "name": "press4" },
                null
              ],
              "next_page_token": "x"
            }
            """
        let expected = """
            {
              "experiments": [
                { "experiment_id": "1", "name": "press4", "tags": [{"key": "\\u00e4"}] }
              ],
              "next_page_token": "x"
            }
            """
        #expect(self.filtered(.experiments, answer) == (expected, 4))
        #expect(self.filtered(.experiments, "{}") == ("{}", 0))
    }

    @Test("Registered models by name, their versions by where they come from")
    func registeredModels() {
        let answer = """
            {"registered_models": [\
            {"name": "press", "latest_versions": [\
            {"name": "press", "version": "1", "run_id": "r1", "source": "models:/m-1"}, \
            {"name": "press", "version": "2", "run_id": "r2", "source": "models:/m-2"}, \
            {"name": "press", "version": "3", "run_id": "r1", "source": "models:/m-2"}, \
            {"name": "press", "version": "4", "run_id": "gone", "source": "models:/m-1"}, \
            {"name": "press", "version": "5", "run_id": "r1", "source": "s3://elsewhere"}, \
            {"name": "press", "version": "6"}]}, \
            {"name": "secret", "latest_versions": [{"name": "secret", "version": "1", "source": "dummy-source"}]}, \
            {"name": "press"}]}
            """
        let expected = """
            {"registered_models": [\
            {"name": "press", "latest_versions": [\
            {"name": "press", "version": "1", "run_id": "r1", "source": "models:/m-1"}]}, \
            {"name": "press"}]}
            """
        #expect(self.filtered(.registeredModels, answer).text == expected)
    }

    @Test("One registered model, and a list of versions")
    func versions() {
        let versions = """
            [{"name": "press", "version": "1", "run_id": "r1", "source": "mlflow-artifacts:/1/r1/artifacts/m"}, \
            {"name": "press", "version": "2", "run_id": "r2", "source": "mlflow-artifacts:/2/r2/artifacts/m"}, \
            {"name": "greet", "version": "1", "source": "dummy-source"}]
            """
        let expected =
            #"[{"name": "press", "version": "1", "run_id": "r1", "source": "mlflow-artifacts:/1/r1/artifacts/m"}]"#
        #expect(
            self.filtered(.modelVersions, #"{"model_versions": \#(versions)}"#).text
                == #"{"model_versions": \#(expected)}"#
        )
        #expect(
            self.filtered(.registeredModel, #"{"registered_model": {"latest_versions": \#(versions)}}"#).text
                == #"{"registered_model": {"latest_versions": \#(expected)}}"#
        )
    }

    @Test("Data sets only if every experiment they are in may be read")
    func datasets() {
        let answer = #"{"datasets": [{"dataset_id": "d-12"}, {"dataset_id": "d-1"}, {"dataset_id": "d-none"}]}"#
        #expect(self.filtered(.datasets, answer) == (#"{"datasets": [{"dataset_id": "d-1"}]}"#, 2))
    }

    @Test("Model versions that GraphQL lists with a run")
    func graphQL() {
        let answer = """
            {"data": {"mlflowSearchRuns": {"runs": [{"modelVersions": [{"name": "secret"}, {"name": "press"}]}, \
            {"modelVersions": null}, {"modelVersions": []}]}}, "errors": null}
            """
        let expected = """
            {"data": {"mlflowSearchRuns": {"runs": [{"modelVersions": [{"name": "press"}]}, \
            {"modelVersions": null}, {"modelVersions": []}]}}, "errors": null}
            """
        #expect(self.filtered(.graphQL, answer) == (expected, 1))
    }

    @Test(
        "What is not understood is not shown",
        arguments: [
            "", "[]", "<html>", #"{"experiments": {}}"#, #"{"experiments": 1}"#,
            #"{"experiments": [], "experiments": [{"experiment_id": "2", "name": "line2"}]}"#,
            #"{"experiments": []} x"#,
        ]
    )
    func malformed(answer: String) {
        #expect(self.filtered(.experiments, answer).text == nil)
    }

    @Test("Length and look-ups are bounded, and an unknown fact fails")
    func bounds() {
        let filter = MLflowListFilter(service: "mlflow", shape: .modelVersions)
        guard
            case .failed(.tooLong) = filter.apply(
                to: Array(repeating: 0x20, count: filter.limit + 1),
                known: MetadataFacts(),
                permits: { _ in true }
            )
        else {
            Issue.record("a long answer was filtered")
            return
        }
        let versions = (0...filter.maximumLookUps).map {
            #"{"name": "press", "version": "1", "source": "models:/m-\#($0)"}"#
        }
        let answer = Array("{\"model_versions\": [\(versions.joined(separator: ","))]}".utf8)
        guard case .failed(.tooManyLookUps) = filter.apply(to: answer, known: MetadataFacts(), permits: { _ in true })
        else {
            Issue.record("too many look-ups were asked for")
            return
        }
        let one = Array(#"{"model_versions": [{"name": "press", "version": "1", "source": "models:/m-1"}]}"#.utf8)
        let facts = MetadataFacts([MLflowLookUp.loggedModel("m-1"): .unknown(status: 503)])
        guard case .failed(.unknown) = filter.apply(to: one, known: facts, permits: { _ in true })
        else {
            Issue.record("an unknown fact was passed over")
            return
        }
    }

    @Test("A question is put once for a whole page")
    func once() {
        let experiments = Array(repeating: #"{"experiment_id": "1", "name": "press4"}"#, count: 50).joined(
            separator: ","
        )
        var asked = 0
        _ = MLflowListFilter(service: "mlflow", shape: .experiments)
            .apply(to: Array("{\"experiments\": [\(experiments)]}".utf8), known: MetadataFacts()) { _ in
                asked += 1
                return true
            }
        #expect(asked == 1)
    }
}
