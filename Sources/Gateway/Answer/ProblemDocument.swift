import NIOCore

/// A refusal as JSON, for programs.
///
/// `error_code` and `message` are extension members that MLflow's clients read and show in the exception they raise.
///
/// Source: RFC 9457; the escapes RFC 8259, section 7.
struct ProblemDocument {
    let refusal: Refusal
    /// The id of the decision's record.
    let decision: String

    /// The media type.
    static let contentType = "application/problem+json"

    /// The document as text.
    var text: String {
        var json = JSONText()
        json.member("type", "urn:stile:refusal:\(self.refusal.kind.name)")
        json.member("title", self.refusal.kind.title)
        json.member("status", self.refusal.kind.status)
        json.member("detail", self.refusal.detail)
        json.member("instance", "urn:stile:decision:\(self.decision)")
        json.member("decision", self.decision)
        let disclosure = self.refusal.disclosure
        if !disclosure.conditions.isEmpty {
            json.member(
                "conditions",
                objects: disclosure.conditions.map { condition in
                    var object = JSONText()
                    object.member("policy", condition.policy)
                    object.member("reason", condition.reason)
                    return object
                }
            )
        }
        if !disclosure.allowedAt.isEmpty { json.member("allowed-at", disclosure.allowedAt) }
        if let owner = disclosure.owner { json.member("owner", owner) }
        if let howToAsk = disclosure.howToAsk { json.member("ask", howToAsk) }
        json.member("error_code", self.refusal.kind.errorCode)
        json.member("message", "\(self.refusal.detail) [decision \(self.decision)]")
        return json.object
    }
}

/// The members of a JSON object under construction.
struct JSONText {
    private var members = ""

    /// The finished object.
    var object: String { "{\(self.members)}" }

    /// Adds a text.
    mutating func member(_ name: String, _ value: String) {
        self.begin(name)
        self.members += Self.quoted(value)
    }

    /// Adds a number.
    mutating func member(_ name: String, _ value: Int) {
        self.begin(name)
        self.members += String(value)
    }

    /// Adds a list of texts.
    mutating func member(_ name: String, _ values: [String]) {
        self.begin(name)
        self.members += "[" + values.map(Self.quoted).joined(separator: ",") + "]"
    }

    /// Adds a list of objects.
    mutating func member(_ name: String, objects: [JSONText]) {
        self.begin(name)
        self.members += "[" + objects.map(\.object).joined(separator: ",") + "]"
    }

    private mutating func begin(_ name: String) {
        if !self.members.isEmpty { self.members += "," }
        self.members += "\"\(name)\":"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{0}"..<"\u{20}", "\u{7F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
