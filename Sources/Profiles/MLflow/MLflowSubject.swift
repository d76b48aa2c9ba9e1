/// What a call names, where it stands among the arguments, and how often it may stand there.
struct MLflowSubject: Sendable {
    /// What kind of thing is named.
    enum Kind: Hashable, Sendable {
        case experiment
        case experimentName
        case newExperimentName
        case run
        case trace
        case newTrace
        case loggedModel
        case dataset
        case registeredModel
        /// Named by two arguments, the model's name and the second field.
        case modelVersion(number: String)
        /// Named by two arguments, the model's name and the second field.
        case alias(String)
        /// What a new model version is made from: the three fields `run_id`, `model_id` and `source`.
        case origin
        case artifacts
        /// A path inside what another subject names: nothing is asked about it, but it must be one that is safe.
        case relativePath
    }

    /// How often it stands there.
    enum Count: Hashable, Sendable {
        case one
        case oneOrNone
        /// At least one, at most ``MLflowSubject/maximumCount``.
        case some
        case someOrNone
    }

    let kind: Kind
    let fields: [String]
    var count: Count
    var action: MLflowAction?

    /// No call may name more things than this; MLflow's own bounds for such calls are at 100 and 1,000.
    static let maximumCount = 1_000

    private init(_ kind: Kind, _ fields: [String], _ count: Count = .one) {
        self.kind = kind
        self.fields = fields
        self.count = count
    }

    static func experiment(_ fields: String...) -> MLflowSubject { MLflowSubject(.experiment, fields) }
    static func experiments(_ field: String) -> MLflowSubject { MLflowSubject(.experiment, [field], .some) }
    static func experimentName(_ field: String) -> MLflowSubject { MLflowSubject(.experimentName, [field]) }
    static func newExperimentName(_ field: String) -> MLflowSubject { MLflowSubject(.newExperimentName, [field]) }
    static func run(_ fields: String...) -> MLflowSubject { MLflowSubject(.run, fields) }
    static func runs(_ field: String) -> MLflowSubject { MLflowSubject(.run, [field], .some) }
    static func trace(_ fields: String...) -> MLflowSubject { MLflowSubject(.trace, fields) }
    static func traces(_ field: String) -> MLflowSubject { MLflowSubject(.trace, [field], .some) }
    static func newTrace(_ field: String) -> MLflowSubject { MLflowSubject(.newTrace, [field]) }
    static func loggedModel(_ field: String) -> MLflowSubject { MLflowSubject(.loggedModel, [field]) }
    static func loggedModels(_ field: String) -> MLflowSubject { MLflowSubject(.loggedModel, [field], .someOrNone) }
    static func dataset(_ field: String) -> MLflowSubject { MLflowSubject(.dataset, [field]) }
    static func registeredModel(_ field: String) -> MLflowSubject { MLflowSubject(.registeredModel, [field]) }
    static func registeredModels(_ field: String) -> MLflowSubject { MLflowSubject(.registeredModel, [field], .some) }
    static func modelVersion(_ name: String, _ number: String) -> MLflowSubject {
        MLflowSubject(.modelVersion(number: number), [name])
    }
    static func alias(_ name: String, _ alias: String) -> MLflowSubject { MLflowSubject(.alias(alias), [name]) }
    static let origin = MLflowSubject(.origin, ["source"])
    static func artifacts(_ field: String) -> MLflowSubject { MLflowSubject(.artifacts, [field]) }
    static func relativePath(_ field: String) -> MLflowSubject { MLflowSubject(.relativePath, [field]) }

    /// The subject, which the call may leave out.
    var optional: MLflowSubject {
        var subject = self
        subject.count = self.count == .some ? .someOrNone : .oneOrNone
        return subject
    }

    /// The subject with an action of its own.
    func asked(_ action: MLflowAction) -> MLflowSubject {
        var subject = self
        subject.action = action
        return subject
    }
}

extension MLflowInquiry {
    /// Asks about a subject of a call.
    mutating func ask(about subject: MLflowSubject, in arguments: MLflowArguments) throws(RouteRefusal) {
        let action = subject.action ?? .administer
        for value in try Self.values(of: subject, in: arguments) {
            switch subject.kind {
            case .experiment: try self.ask(action, experiment: value)
            case .experimentName: try self.ask(action, experimentNamed: value)
            case .newExperimentName: try self.ask(action, newExperiment: value)
            case .run: try self.ask(action, run: value)
            case .trace: try self.ask(action, trace: value)
            case .newTrace: try self.ask(action, newTrace: value)
            case .loggedModel: try self.ask(action, loggedModel: value)
            case .dataset: try self.ask(action, dataset: value)
            case .registeredModel: try self.ask(action, registeredModel: value)
            case .modelVersion(let field):
                guard let number = try arguments.value([field]) else { throw .malformed("expected `\(field)`") }
                try self.ask(action, modelVersion: value, number)
            case .alias(let field):
                guard let alias = try arguments.value([field]) else { throw .malformed("expected `\(field)`") }
                try self.ask(action, alias: alias, of: value)
            case .origin:
                let run = try arguments.value(["run_id"]) ?? ""
                let model = try arguments.value(["model_id"]) ?? ""
                try self.askForOrigin(of: ["source": value, "run": run, "model": model])
            case .artifacts:
                guard let path = MLflowArtifactPath(value) else {
                    throw .malformed("expected the path of artifacts of one run, logged model or trace")
                }
                try self.ask(action, artifacts: path)
            case .relativePath:
                guard value.isEmpty || MLflowArtifactPath.isSafe(value) else {
                    throw .malformed("expected a path without escapes, dots and empty segments")
                }
            }
        }
    }

    private static func values(
        of subject: MLflowSubject,
        in arguments: MLflowArguments
    ) throws(RouteRefusal) -> [String] {
        let field = subject.fields[0]
        switch subject.count {
        case .one, .oneOrNone:
            let value = try arguments.value(subject.fields)
            guard let value, !value.isEmpty || subject.kind == .relativePath else {
                guard subject.count == .oneOrNone else { throw .malformed("expected `\(field)`") }
                return []
            }
            return [value]
        case .some, .someOrNone:
            let values = try arguments.values(field)
            guard values.count <= MLflowSubject.maximumCount else {
                throw .malformed("expected at most \(MLflowSubject.maximumCount) of `\(field)`")
            }
            guard !values.isEmpty || subject.count == .someOrNone else {
                throw .malformed("expected at least one of `\(field)`")
            }
            return values
        }
    }
}
