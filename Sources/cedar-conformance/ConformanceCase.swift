import Cedar

/// One case of a conformance suite: policies with a schema, entities and requests, and what the reference makes of them.
///
/// Expectations that a case does not have are `nil` and are not compared.
struct ConformanceCase {
    /// A request and its expected answer.
    struct Question {
        let principal: JSON?
        let action: JSON?
        let resource: JSON?
        let context: JSON?
        let decision: String
        let reasons: [String]
        let errors: [String]
        /// Whether the request fits the schema; `false` also when nobody said so.
        let isValid: Bool
        /// Whether the reference refuses to read the request, or to take it with this schema.
        let isRefused: Bool
    }

    /// A template's slots filled.
    struct Link {
        let template: String
        let id: String
        let values: [JSON.Member]
    }

    let id: String
    /// The policies in Cedar's syntax, or the text of their JSON.
    let policies: String
    let links: [Link]
    /// The schema in Cedar's syntax, in JSON, or the text of its JSON.
    let schema: JSON?
    let schemaJSON: JSON?
    /// The entities, or the text of their JSON.
    let entities: JSON
    let questions: [Question]
    let isStrictlyValid: Bool?
    let isPermissivelyValid: Bool?
    let strictMessages: [String]?
    let permissiveMessages: [String]?
    let policyJSON: JSON?
    let formatted: String?
    /// Whether the reference refuses to read the policies, the schema or the entities.
    let isUnreadable: Bool

    /// Reads a line of a suite.
    init?(_ json: JSON) {
        guard let id = json["id"]?.string, let policies = json["policies"]?.string else { return nil }
        self.id = id
        self.policies = policies
        self.links = (json["links"]?.array ?? []).compactMap(Link.init)
        self.schema = json["schema"]
        self.schemaJSON = json["schemaJSON"]
        self.entities = json["entities"] ?? .array([])
        self.questions = (json["requests"]?.array ?? []).map(Question.init)
        let validation = json["validation"]
        self.isStrictlyValid = validation?["strict"]?.bool ?? json["shouldValidate"]?.bool
        self.isPermissivelyValid = validation?["permissive"]?.bool
        self.strictMessages = (json["oracle"]?["strictErrors"] ?? validation?["strictErrors"]).map(Self.messages)
        let isValid = validation?["permissive"]?.bool == true
        self.permissiveMessages = validation?["permissiveErrors"].map(Self.messages) ?? (isValid ? [] : nil)
        self.policyJSON = json["oracle"]?["est"]
        self.formatted = json["oracle"]?["formatted"]?.string
        self.isUnreadable = json["oracle"]?["failure"]?.string != nil
    }

    /// Messages as they are compared: each once, in lower case where versions of the reference differ.
    private static func messages(_ json: JSON) -> [String] {
        (json.array ?? []).compactMap { $0.string ?? $0["error"]?.string }
            .map { $0.replacing(": Failed to parse", with: ": failed to parse") }
    }
}

extension ConformanceCase.Question {
    init(_ json: JSON) {
        func texts(_ key: String) -> [String] { (json[key]?.array ?? []).compactMap(\.string).sorted() }
        self.principal = json["principal"]
        self.action = json["action"]
        self.resource = json["resource"]
        self.context = json["context"].flatMap { if case .null = $0.node { nil } else { $0 } }
        self.decision = json["decision"]?.string ?? ""
        self.reasons = texts("reason")
        self.errors = texts("errors")
        self.isValid = json["validateRequest"]?.bool ?? false
        self.isRefused = json["refused"]?.bool ?? false
    }
}

extension ConformanceCase.Link {
    init?(_ json: JSON) {
        guard let template = json["template_id"]?.string, let id = json["new_id"]?.string,
            let values = json["values"]?.object
        else { return nil }
        self.template = template
        self.id = id
        self.values = values
    }
}
