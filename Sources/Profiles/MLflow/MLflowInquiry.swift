import Catalog

/// Traces what a request names to the experiments and registered models that are decided on.
///
/// It is asked one thing after the other and collects the questions they come to, and the look-ups that are still missing;
/// as long as any is, the questions are not complete. Whatever does not exist, or is not where it says it is, refuses.
struct MLflowInquiry {
    /// The name of the service in the configuration.
    let service: String

    /// The facts fetched so far.
    let known: MetadataFacts

    /// What must be allowed, in the order it came up, each once.
    private(set) var questions: [Question] = []

    /// What must be asked before the questions are complete.
    private(set) var missing: [MetadataQuery] = []

    /// What the questions were concluded from.
    private(set) var used: [MetadataQuery] = []

    init(service: String, known: MetadataFacts) {
        self.service = service
        self.known = known
    }

    // MARK: - Asking

    /// Asks about the service itself: what belongs to nobody in particular.
    mutating func ask(_ action: MLflowAction) {
        self.add(action, kind: "service")
    }

    /// Asks about an experiment.
    mutating func ask(_ action: MLflowAction, experiment id: String) throws(RouteRefusal) {
        guard MLflowIdentifier.isNumber(id) else { throw .malformed("`\(id)` is not the id of an experiment") }
        guard let fact = try self.fact(MLflowLookUp.experiment(id), of: "experiment `\(id)`") else { return }
        guard let name = fact["name"] else { throw .noSuchThing("experiment `\(id)`") }
        self.add(action, kind: "experiment", id: id, name: name)
    }

    /// Asks about the experiment that has a name now, or would have it if there were one.
    mutating func ask(_ action: MLflowAction, experimentNamed name: String) throws(RouteRefusal) {
        guard MLflowIdentifier.isName(name) else { throw .malformed("that is not the name of an experiment") }
        let query = MLflowLookUp.experiment(named: name)
        guard let fact = try self.fact(query, of: "the experiment of that name") else { return }
        self.add(action, kind: "experiment", id: fact["id"], name: fact["name"] ?? name)
    }

    /// Asks whether an experiment of a name may come to be.
    mutating func ask(_ action: MLflowAction, newExperiment name: String) throws(RouteRefusal) {
        guard MLflowIdentifier.isName(name) else { throw .malformed("that is not a name for an experiment") }
        self.add(action, kind: "experiment", name: name)
    }

    /// Asks about the experiment of a run.
    mutating func ask(_ action: MLflowAction, run id: String) throws(RouteRefusal) {
        _ = try self.home(MLflowLookUp.run(id), of: "run", id, action)
    }

    /// Asks about the experiment of a logged model.
    mutating func ask(_ action: MLflowAction, loggedModel id: String) throws(RouteRefusal) {
        _ = try self.home(MLflowLookUp.loggedModel(id), of: "logged model", id, action)
    }

    /// Asks about the experiment of a trace.
    mutating func ask(_ action: MLflowAction, trace id: String) throws(RouteRefusal) {
        _ = try self.home(MLflowLookUp.trace(id), of: "trace", id, action)
    }

    /// Asks about the experiment of a trace if there is one already: a client makes up the id of a new one.
    mutating func ask(_ action: MLflowAction, newTrace id: String) throws(RouteRefusal) {
        do throws(RouteRefusal) {
            try self.ask(action, trace: id)
        } catch {
            guard case .noSuchThing = error else { throw error }
        }
    }

    /// Asks about every experiment that an evaluation data set is in.
    mutating func ask(_ action: MLflowAction, dataset id: String) throws(RouteRefusal) {
        guard MLflowIdentifier.isToken(id) else { throw .malformed("`\(id)` is not the id of a data set") }
        guard let fact = try self.fact(MLflowLookUp.dataset(id), of: "data set `\(id)`") else { return }
        let experiments = (fact["experiments"] ?? "").split(separator: ",")
        guard !experiments.isEmpty else { throw .noSuchThing("data set `\(id)`") }
        for experiment in experiments { try self.ask(action, experiment: String(experiment)) }
    }

    /// Asks about a registered model, by the name that MLflow finds it under; a new one has the name that was given.
    mutating func ask(_ action: MLflowAction, registeredModel name: String) throws(RouteRefusal) {
        guard MLflowIdentifier.isName(name) else { throw .malformed("that is not the name of a registered model") }
        let query = MLflowLookUp.registeredModel(name)
        guard let fact = try self.fact(query, of: "the registered model of that name") else { return }
        self.add(action, kind: "registered-model", name: fact["name"] ?? name)
    }

    /// Asks about a model version: its registered model, and reading where it comes from.
    mutating func ask(_ action: MLflowAction, modelVersion name: String, _ version: String) throws(RouteRefusal) {
        guard MLflowIdentifier.isNumber(version) else { throw .malformed("`\(version)` is not a model version") }
        try self.ask(action, registeredModel: name)
        try self.askForOrigin(found: MLflowLookUp.modelVersion(name, version))
    }

    /// Asks about the model version that has an alias now.
    mutating func ask(_ action: MLflowAction, alias: String, of name: String) throws(RouteRefusal) {
        guard MLflowIdentifier.isName(alias) else { throw .malformed("that is not an alias") }
        try self.ask(action, registeredModel: name)
        try self.askForOrigin(found: MLflowLookUp.modelVersion(name, alias: alias))
    }

    /// Asks about the run, model or trace whose artifacts a path of the artifact proxy leads to.
    mutating func ask(_ action: MLflowAction, artifacts path: MLflowArtifactPath) throws(RouteRefusal) {
        let fact: [String: String]? =
            switch path.owner {
            case .run(let id): try self.home(MLflowLookUp.run(id), of: "run", id, action)
            case .loggedModel(let id): try self.home(MLflowLookUp.loggedModel(id), of: "logged model", id, action)
            case .trace(let id): try self.home(MLflowLookUp.trace(id), of: "trace", id, action)
            }
        guard let fact else { return }
        let isAtHome =
            if let root = fact["root"] {
                root.utf8.elementsEqual(path.root.utf8)
                    || root.utf8.suffix(path.root.utf8.count + 1).elementsEqual("/\(path.root)".utf8)
            } else {
                fact["experiment"] == path.experiment
            }
        guard isAtHome else { throw .noSuchThing("artifacts under `\(path.root)`") }
    }

    // MARK: - Elements of answers

    /// Asks about an experiment of which an answer gives the id and the name.
    mutating func ask(_ action: MLflowAction, listedExperiment experiment: JSONValue) throws(RouteRefusal) {
        guard let id = experiment["experiment_id"]?.string, let name = experiment["name"]?.string else {
            throw .malformed("expected an experiment with its id and name")
        }
        self.add(action, kind: "experiment", id: id, name: name)
    }

    /// Asks about the registered model that an answer names.
    mutating func ask(_ action: MLflowAction, listedModel model: JSONValue) throws(RouteRefusal) {
        guard let name = model["name"]?.string else { throw .malformed("expected a registered model with its name") }
        self.add(action, kind: "registered-model", name: name)
    }

    // MARK: - Model versions

    /// Asks about reading what a model version was made from, all that it names.
    ///
    /// - Parameters:
    ///   - version: Its `run`, `model` and `source`; empty ones are not set.
    ///   - depth: How many versions the chain of copies had so far.
    /// - Throws: ``RouteRefusal`` when the source lies outside what the version names; told apart from what does not exist
    ///   only where that follows from the text of the source.
    mutating func askForOrigin(of version: [String: String], depth: Int = 0) throws(RouteRefusal) {
        let run = version["run"] ?? ""
        let model = version["model"] ?? ""
        let text = version["source"] ?? ""
        guard let source = MLflowModelSource(text) else {
            throw .forbiddenValue("a model version's source must lie inside a run or logged model")
        }
        var roots: [String] = []
        if !run.isEmpty, let fact = try self.home(MLflowLookUp.run(run), of: "run", run, .read) {
            roots.append(fact["root"] ?? "")
        }
        if !model.isEmpty, let fact = try self.home(MLflowLookUp.loggedModel(model), of: "logged model", model, .read) {
            roots.append(fact["root"] ?? "")
        }
        switch source {
        case .prompt: break
        case .run(let id): try self.ask(.read, run: id)
        case .loggedModel(let id): try self.ask(.read, loggedModel: id)
        case .modelVersion(let name, let number):
            guard depth < 4 else { throw .forbiddenValue("the model version is a copy of a copy of a copy of a copy") }
            try self.ask(.read, registeredModel: name)
            try self.askForOrigin(found: MLflowLookUp.modelVersion(name, number), depth: depth + 1)
        case .place(let place):
            guard self.missing.isEmpty else { return }
            guard roots.contains(where: { MLflowArtifactPath.contains(place, in: $0) }) else {
                guard run.isEmpty, model.isEmpty else {
                    // Where they are is not for everybody to know, nor that they are: as if there were nothing of the kind.
                    throw .noSuchThing("a place inside the run or logged model that is named")
                }
                throw .forbiddenValue("a model version's source must lie inside the run or logged model it names")
            }
        }
    }

    private mutating func askForOrigin(found query: MetadataQuery, depth: Int = 0) throws(RouteRefusal) {
        guard let fact = try self.fact(query, of: "the model version") else { return }
        // Not left to the server to say: by the time it is asked, the version may exist, made from anything.
        guard !fact.isEmpty else { throw .noSuchThing("the model version") }
        do throws(RouteRefusal) {
            try self.askForOrigin(of: fact, depth: depth)
        } catch {
            switch error {
            case .noSuchThing, .unknown: throw error
            // What it was made from is told to nobody who was not let in, and so neither that it was.
            default: throw .noSuchThing("the origin of the model version: \(error.description)")
            }
        }
    }

    // MARK: - Facts

    /// Where a run, model or trace is at home, its experiment asked about; `nil` as long as that is not known.
    private mutating func home(
        _ query: MetadataQuery,
        of kind: String,
        _ id: String,
        _ action: MLflowAction
    ) throws(RouteRefusal) -> [String: String]? {
        guard MLflowIdentifier.isToken(id) else { throw .malformed("`\(id)` is not the id of a \(kind)") }
        guard let fact = try self.fact(query, of: "\(kind) `\(id)`") else { return nil }
        guard let experiment = fact["experiment"] else { throw .noSuchThing("\(kind) `\(id)`") }
        try self.ask(action, experiment: experiment)
        return fact
    }

    /// What is known; empty when there is no such thing, `nil` when it must be asked first.
    private mutating func fact(_ query: MetadataQuery, of what: String) throws(RouteRefusal) -> [String: String]? {
        if !self.used.contains(query) { self.used.append(query) }
        switch self.known[query] {
        case .fields(let fields)?: return fields
        case .absent?: return [:]
        case .unknown?: throw .unknown(what)
        case nil:
            if !self.missing.contains(query) { self.missing.append(query) }
            return nil
        }
    }

    private mutating func add(_ action: MLflowAction, kind: String, id: String? = nil, name: String? = nil) {
        let resource = ResourceReference(service: self.service, kind: kind, id: id, name: name)
        let question = Question(action: action.rawValue, resource: resource)
        if !self.questions.contains(question) { self.questions.append(question) }
    }
}
