import TransparencyLog

/// Reads the parts of a record, version 1; `nil` for everything that is not exactly one.
enum RecordDecoding {
    static func verdict(_ header: JSONValue) -> Verdict? {
        guard let gateway = header["gateway"]?.string, let service = header["service"]?.string,
            let mode = header["mode"]?.string.flatMap(RecordedMode.init(rawValue:)),
            let decision = header["decision"]?.string.flatMap(RecordedDecision.init(rawValue:)),
            let causes = self.strings(header["causes"]), let action = header["action"]?.string,
            let policies = self.strings(header["policies"]), let revision = header["revision"]?.string
        else { return nil }
        var verdict = Verdict(gateway: gateway, service: service, decision: decision, revision: revision)
        verdict.mode = mode
        for name in causes {
            guard let cause = Causes(name: name) else { return nil }
            verdict.causes.insert(cause)
        }
        verdict.refusal = header["refusal"]?.string
        verdict.status = header["status"]?.integer.flatMap(UInt16.init(exactly:))
        verdict.action = action
        verdict.resource = header["resource"].flatMap(self.resource)
        verdict.label = header["label"]?.string
        verdict.origin = header["origin"]?.string
        verdict.policies = policies
        verdict.grant = header["grant"]?.string
        verdict.also = header["also"]?.array?.compactMap(self.question) ?? []
        return verdict
    }

    static func exchange(_ value: JSONValue) -> RecordedExchange? {
        guard let opening = value["opening"]?.string.flatMap({ DecisionID($0) }),
            let phase = value["phase"]?.string.flatMap(RecordedExchange.Phase.init(rawValue:)),
            let bytesIn = value["in"]?.integer.flatMap(UInt64.init(exactly:)),
            let bytesOut = value["out"]?.integer.flatMap(UInt64.init(exactly:))
        else { return nil }
        return RecordedExchange(
            opening: opening,
            phase: phase,
            status: value["status"]?.integer.flatMap(UInt16.init(exactly:)),
            bytesIn: bytesIn,
            bytesOut: bytesOut
        )
    }

    static func repetition(_ header: JSONValue) -> RecordedRepetition? {
        guard let count = header["count"]?.integer.flatMap(UInt64.init(exactly:)),
            let until = header["until"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        return RecordedRepetition(count: count, until: until)
    }

    static func person(_ part: JSONValue) -> PersonPart? {
        guard let peer = part["peer"]?.string, let method = part["method"]?.string, let path = part["path"]?.string
        else {
            return nil
        }
        let who = RecordedPerson(
            id: part["id"]?.string,
            name: part["name"]?.string,
            clearance: part["clearance"]?.string,
            authentication: part["authentication"]?.string
        )
        let trace = RequestTrace(
            peer: peer,
            method: method,
            path: path,
            request: part["request"]?.string,
            trace: part["trace"]?.string,
            purpose: part["purpose"]?.string
        )
        return PersonPart(who: who, trace: trace)
    }

    static func explanation(_ part: JSONValue) -> Explanation? {
        guard let reasons = part["reasons"]?.array, let flips = self.strings(part["flips"]) else { return nil }
        return Explanation(
            reasons: reasons.compactMap { reason in
                guard let policy = reason["policy"]?.string, let text = reason["text"]?.string else { return nil }
                return Explanation.Reason(policy: policy, text: text)
            },
            errors: self.strings(part["errors"]) ?? [],
            flips: flips.map(Explanation.Flip.init(label:)),
            flipsComplete: part["flips-complete"]?.bool ?? true,
            owner: part["owner"]?.string,
            disclosed: part["disclosed"]?.string
        )
    }

    static func facts(_ part: JSONValue) -> ReplayFacts? {
        guard let context = part["context"]?.object else { return nil }
        let person = part["person"]?.string.flatMap { LogHash(base64: $0) }.map(FactsReference.init(leaf:))
        return ReplayFacts(person: person, context: context)
    }

    static func personFacts(_ part: JSONValue) -> PersonFacts? {
        guard let groups = self.strings(part["groups"]), let attributes = part["attributes"]?.object else { return nil }
        return PersonFacts(
            groups: groups,
            attributes: attributes.mapValues { self.strings($0) ?? [] },
            clearance: part["clearance"]?.string
        )
    }

    private static func resource(_ value: JSONValue) -> RecordedResource? {
        guard let service = value["service"]?.string, let kind = value["kind"]?.string else { return nil }
        return RecordedResource(
            service: service,
            kind: kind,
            id: value["id"]?.string,
            name: value["name"]?.string,
            entry: value["entry"]?.string
        )
    }

    private static func question(_ value: JSONValue) -> RecordedQuestion? {
        guard let action = value["action"]?.string, let resource = value["resource"].flatMap(self.resource) else {
            return nil
        }
        return RecordedQuestion(action: action, resource: resource, label: value["label"]?.string)
    }

    private static func strings(_ value: JSONValue?) -> [String]? {
        guard let elements = value?.array else { return nil }
        let strings = elements.compactMap(\.string)
        return strings.count == elements.count ? strings : nil
    }
}
