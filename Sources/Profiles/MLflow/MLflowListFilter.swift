import Catalog

/// Cuts an answer of MLflow down to the experiments, models and versions that the person may read.
struct MLflowListFilter: AnswerFilter {
    /// Where the elements stand in an answer.
    enum Shape: Hashable, Sendable {
        /// `experiments[]`, each with its id and name.
        case experiments
        /// `registered_models[]`, each with its name and `latest_versions[]`.
        case registeredModels
        /// `registered_model.latest_versions[]`.
        case registeredModel
        /// `model_versions[]`, in pages.
        case modelVersions
        /// `model_versions[]`, one for each stage or alias of one model.
        case latestVersions
        /// `datasets[]`, each with its id.
        case datasets
        /// `modelVersions[]` anywhere in the answer to a GraphQL query.
        case graphQL
    }

    let service: String
    let shape: Shape
    var pages: ListPages?

    /// Eight million bytes: MLflow's largest page of experiments with a kilobyte of tags each, and as much again.
    var limit: Int { 8 << 20 }

    func apply(to body: [UInt8], known: MetadataFacts, permits: (Question) -> Bool) -> FilteredAnswer {
        guard body.count <= self.limit else { return .failed(.tooLong(limit: self.limit)) }
        var pass = MLflowFilterPass(service: self.service, known: known)
        do throws(FilterFailure) {
            let document = try Self.document(body)
            try pass.filter(self.shape, document.root, permits)
            guard pass.missing.isEmpty else {
                guard pass.missing.count <= self.maximumLookUps else {
                    throw .tooManyLookUps(limit: self.maximumLookUps)
                }
                return .needsMetadata(pass.missing)
            }
            return .filtered(document.removing(pass.removed), removed: pass.removed.count)
        } catch {
            return .failed(error)
        }
    }

    private static func document(_ body: [UInt8]) throws(FilterFailure) -> JSONDocument {
        do throws(JSONError) {
            return try JSONDocument(body, limits: .answer)
        } catch {
            throw .malformed(error.description)
        }
    }
}

/// One pass over one answer.
struct MLflowFilterPass {
    let service: String
    let known: MetadataFacts
    private(set) var removed: [JSONValue] = []
    private(set) var missing: [MetadataQuery] = []
    private var verdicts: [Question: Bool] = [:]

    init(service: String, known: MetadataFacts) {
        self.service = service
        self.known = known
    }

    mutating func filter(
        _ shape: MLflowListFilter.Shape,
        _ answer: JSONValue,
        _ permits: (Question) -> Bool
    ) throws(FilterFailure) {
        switch shape {
        case .experiments:
            try self.each("experiments", of: answer, permits) { inquiry, experiment throws(RouteRefusal) in
                try inquiry.ask(.read, listedExperiment: experiment)
            }
        case .registeredModels:
            try self.each("registered_models", of: answer, permits) { inquiry, model throws(RouteRefusal) in
                try inquiry.ask(.read, listedModel: model)
            }
            for model in answer["registered_models"]?.elements ?? [] {
                try self.versions("latest_versions", of: model, permits)
            }
        case .registeredModel:
            guard let model = answer["registered_model"] else { throw .malformed("expected a registered model") }
            try self.versions("latest_versions", of: model, permits)
        case .modelVersions, .latestVersions:
            try self.versions("model_versions", of: answer, permits)
        case .datasets:
            try self.each("datasets", of: answer, permits) { inquiry, dataset throws(RouteRefusal) in
                guard let id = dataset["dataset_id"]?.string else { throw .malformed("expected the id of a data set") }
                try inquiry.ask(.read, dataset: id)
            }
        case .graphQL:
            try self.modelVersionsAnywhere(in: answer, permits)
        }
    }

    /// Decides on each element of a list of model versions.
    private mutating func versions(
        _ name: String,
        of object: JSONValue,
        _ permits: (Question) -> Bool
    ) throws(FilterFailure) {
        try self.each(name, of: object, permits) { inquiry, version throws(RouteRefusal) in
            guard let fields = MLflowFact.version(version) else { throw .malformed("expected a model version") }
            try inquiry.ask(.read, listedModel: version)
            try inquiry.askForOrigin(of: fields)
        }
    }

    /// Decides on the versions that GraphQL lists with a run: the run was decided on, the model they belong to was not.
    private mutating func modelVersionsAnywhere(
        in value: JSONValue,
        _ permits: (Question) -> Bool
    ) throws(FilterFailure) {
        for (name, member) in value.members ?? [] {
            if name == "modelVersions", member.kind != .null {
                try self.each("modelVersions", of: value, permits) { inquiry, version throws(RouteRefusal) in
                    try inquiry.ask(.read, listedModel: version)
                }
            } else {
                try self.modelVersionsAnywhere(in: member, permits)
            }
        }
        for element in value.elements ?? [] { try self.modelVersionsAnywhere(in: element, permits) }
    }

    /// Asks about each element of a list, and marks for removal what may not be read.
    private mutating func each(
        _ name: String,
        of object: JSONValue,
        _ permits: (Question) -> Bool,
        _ ask: (inout MLflowInquiry, JSONValue) throws(RouteRefusal) -> Void
    ) throws(FilterFailure) {
        guard object.kind == .object else { throw .malformed("expected an object around `\(name)`") }
        guard let list = object[name] else { return }
        guard let elements = list.elements else { throw .malformed("expected a list as `\(name)`") }
        for element in elements {
            var inquiry = MLflowInquiry(service: self.service, known: self.known)
            do throws(RouteRefusal) {
                try ask(&inquiry, element)
            } catch {
                if case .unknown(let what) = error { throw .unknown(what) }
                // What is not where it says it is, or is gone, or cannot be told, is not shown.
                self.removed.append(element)
                continue
            }
            guard inquiry.missing.isEmpty else {
                for query in inquiry.missing where !self.missing.contains(query) { self.missing.append(query) }
                continue
            }
            if !inquiry.questions.allSatisfy({ self.isPermitted($0, permits) }) { self.removed.append(element) }
        }
    }

    private mutating func isPermitted(_ question: Question, _ permits: (Question) -> Bool) -> Bool {
        if let verdict = self.verdicts[question] { return verdict }
        let verdict = permits(question)
        self.verdicts[question] = verdict
        return verdict
    }
}
