/// How MLflow's answers to the look-ups are read.
enum MLflowFact {
    /// What an answer says; anything but the expected form is ``Fact/unknown(status:)``.
    static func answering(_ query: MetadataQuery, status: Int, body: [UInt8]) -> Fact {
        guard let document = try? JSONDocument(body, limits: .answer) else { return .unknown(status: status) }
        let answer = document.root
        guard status == 200 else {
            // Only MLflow's own words count as absence: a 404 of some proxy in between is a failure. For an alias that is
            // not set its word is that the parameter is invalid.
            switch (status, answer["error_code"]?.string) {
            case (404, "RESOURCE_DOES_NOT_EXIST"): return .absent
            case (400, "INVALID_PARAMETER_VALUE") where query.id.utf8.contains(UInt8(ascii: "@")): return .absent
            default: return .unknown(status: status)
            }
        }
        return Self.fields(of: query, in: answer).map(Fact.fields) ?? .unknown(status: status)
    }

    private static func fields(of query: MetadataQuery, in answer: JSONValue) -> [String: String]? {
        switch query.kind {
        case "experiment", "experiment-name":
            guard let experiment = answer["experiment"], let id = experiment["experiment_id"]?.string,
                let name = experiment["name"]?.string, MLflowIdentifier.isNumber(id),
                query.kind != "experiment" || id == query.id
            else { return nil }
            return ["id": id, "name": name]
        case "run":
            return Self.home(answer["run"]?["info"], id: "run_id", root: "artifact_uri", of: query)
        case "logged-model":
            return Self.home(answer["model"]?["info"], id: "model_id", root: "artifact_uri", of: query)
        case "trace":
            guard let trace = answer["trace"]?["trace_info"], trace["trace_id"]?.string == query.id,
                let experiment = trace["trace_location"]?["mlflow_experiment"]?["experiment_id"]?.string,
                MLflowIdentifier.isNumber(experiment)
            else { return nil }
            return ["experiment": experiment]
        case "dataset":
            guard let ids = answer["experiment_ids"]?.elements?.map(\.string) else { return [:] }
            let experiments = ids.compactMap { $0 }.filter(MLflowIdentifier.isNumber)
            guard experiments.count == ids.count else { return nil }
            return ["experiments": experiments.joined(separator: ",")]
        case "registered-model":
            return answer["registered_model"]?["name"]?.string.map { ["name": $0] }
        case "model-version":
            return answer["model_version"].flatMap(Self.version)
        default: return nil
        }
    }

    /// Where a run or logged model is at home.
    private static func home(_ info: JSONValue?, id: String, root: String, of query: MetadataQuery) -> [String: String]?
    {
        guard let info, info[id]?.string == query.id, let experiment = info["experiment_id"]?.string,
            MLflowIdentifier.isNumber(experiment), let root = info[root]?.string
        else { return nil }
        return ["experiment": experiment, "root": root]
    }

    /// Where a model version in an answer comes from; `nil` when it has no name, version or source.
    static func version(_ version: JSONValue) -> [String: String]? {
        guard let name = version["name"]?.string, let number = version["version"]?.string else { return nil }
        return [
            "name": name,
            "version": number,
            "run": version["run_id"]?.string ?? "",
            "model": version["model_id"]?.string ?? "",
            "source": version["source"]?.string ?? "",
        ]
    }
}
