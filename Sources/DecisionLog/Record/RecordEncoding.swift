import TransparencyLog

/// The written form of each part of a record, version 1.
///
/// JSON, because an auditor must be able to read a record with any tool in twenty years; fixed order and no spaces,
/// because its bytes are hashed. Absent optional fields are left out, so that the common record is short.
enum RecordEncoding {
    /// The fields of a header that repeat, each with its comma before it.
    static func fields(of verdict: Verdict) -> [UInt8] {
        var text: [UInt8] = []
        self.append(verdict.gateway, as: "gateway", to: &text)
        self.append(verdict.service, as: "service", to: &text)
        self.append(verdict.mode.rawValue, as: "mode", to: &text)
        self.append(verdict.decision.rawValue, as: "decision", to: &text)
        JSONText.appendName("causes", to: &text)
        JSONText.append(verdict.causes.names, to: &text) { JSONText.append($0, to: &$1) }
        self.append(verdict.refusal, as: "refusal", to: &text)
        if let status = verdict.status {
            JSONText.appendName("status", to: &text)
            JSONText.append(status, to: &text)
        }
        self.append(verdict.action, as: "action", to: &text)
        if let resource = verdict.resource {
            JSONText.appendName("resource", to: &text)
            self.append(resource, to: &text)
        }
        self.append(verdict.label, as: "label", to: &text)
        self.append(verdict.origin, as: "origin", to: &text)
        JSONText.appendName("policies", to: &text)
        JSONText.append(verdict.policies, to: &text) { JSONText.append($0, to: &$1) }
        self.append(verdict.revision, as: "revision", to: &text)
        self.append(verdict.grant, as: "grant", to: &text)
        if !verdict.also.isEmpty {
            JSONText.appendName("also", to: &text)
            JSONText.append(verdict.also, to: &text) { self.append($0, to: &$1) }
        }
        return text
    }

    static func append(_ exchange: RecordedExchange, to text: inout [UInt8]) {
        JSONText.appendRaw(",\"exchange\":{\"opening\":", to: &text)
        JSONText.append(exchange.opening.description, to: &text)
        self.append(exchange.phase.rawValue, as: "phase", to: &text)
        if let status = exchange.status {
            JSONText.appendName("status", to: &text)
            JSONText.append(status, to: &text)
        }
        JSONText.appendName("in", to: &text)
        JSONText.append(exchange.bytesIn, to: &text)
        JSONText.appendName("out", to: &text)
        JSONText.append(exchange.bytesOut, to: &text)
        text.append(UInt8(ascii: "}"))
    }

    static func append(_ repetition: RecordedRepetition, to text: inout [UInt8]) {
        JSONText.appendName("count", to: &text)
        JSONText.append(repetition.count, to: &text)
        JSONText.appendRaw(",\"until\":\"", to: &text)
        TimestampText.append(repetition.until, to: &text)
        text.append(UInt8(ascii: "\""))
    }

    /// The beginning of a person part: everything but the trace, without the closing brace.
    static func beginning(of who: RecordedPerson) -> [UInt8] {
        var text = Array("{\"v\":1".utf8)
        self.append(who.id, as: "id", to: &text)
        self.append(who.name, as: "name", to: &text)
        self.append(who.clearance, as: "clearance", to: &text)
        self.append(who.authentication, as: "authentication", to: &text)
        return text
    }

    static func explanation(_ explanation: Explanation) -> [UInt8] {
        var text = Array("{\"v\":1,\"reasons\":".utf8)
        JSONText.append(explanation.reasons, to: &text) { reason, text in
            JSONText.appendRaw("{\"policy\":", to: &text)
            JSONText.append(reason.policy, to: &text)
            self.append(reason.text, as: "text", to: &text)
            text.append(UInt8(ascii: "}"))
        }
        if !explanation.errors.isEmpty {
            JSONText.appendName("errors", to: &text)
            JSONText.append(explanation.errors, to: &text) { JSONText.append($0, to: &$1) }
        }
        JSONText.appendName("flips", to: &text)
        JSONText.append(explanation.flips, to: &text) { JSONText.append($0.label, to: &$1) }
        JSONText.appendRaw(explanation.flipsComplete ? "" : ",\"flips-complete\":false", to: &text)
        self.append(explanation.owner, as: "owner", to: &text)
        self.append(explanation.disclosed, as: "disclosed", to: &text)
        text.append(UInt8(ascii: "}"))
        return text
    }

    static func facts(_ facts: ReplayFacts) -> [UInt8] {
        var text = Array("{\"v\":1".utf8)
        self.append(facts.person?.leaf.base64, as: "person", to: &text)
        JSONText.appendName("context", to: &text)
        JSONText.append(.object(facts.context), to: &text)
        text.append(UInt8(ascii: "}"))
        return text
    }

    static func personFacts(_ facts: PersonFacts) -> [UInt8] {
        var text = Array("{\"v\":1".utf8)
        self.append(facts.clearance, as: "clearance", to: &text)
        JSONText.appendName("groups", to: &text)
        JSONText.append(facts.groups, to: &text) { JSONText.append($0, to: &$1) }
        JSONText.appendName("attributes", to: &text)
        JSONText.append(facts.attributes, to: &text) { values, text in
            JSONText.append(values, to: &text) { JSONText.append($0, to: &$1) }
        }
        text.append(UInt8(ascii: "}"))
        return text
    }

    @inline(__always)
    static func append(_ value: String?, as name: StaticString, to text: inout [UInt8]) {
        guard let value else { return }
        JSONText.appendName(name, to: &text)
        JSONText.append(value, to: &text)
    }

    private static func append(_ resource: RecordedResource, to text: inout [UInt8]) {
        JSONText.appendRaw("{\"service\":", to: &text)
        JSONText.append(resource.service, to: &text)
        self.append(resource.kind, as: "kind", to: &text)
        self.append(resource.id, as: "id", to: &text)
        self.append(resource.name, as: "name", to: &text)
        self.append(resource.entry, as: "entry", to: &text)
        text.append(UInt8(ascii: "}"))
    }

    private static func append(_ question: RecordedQuestion, to text: inout [UInt8]) {
        JSONText.appendRaw("{\"action\":", to: &text)
        JSONText.append(question.action, to: &text)
        JSONText.appendName("resource", to: &text)
        self.append(question.resource, to: &text)
        self.append(question.label, as: "label", to: &text)
        text.append(UInt8(ascii: "}"))
    }
}
