/// A record as an OCSF event of class API Activity with the profile `security_control`.
///
/// Source: Open Cybersecurity Schema Framework 1.3.0, class 6003.
enum OCSFExport {
    private static let classID: Int64 = 6003

    static func value(_ record: DecisionRecord, at place: UInt64) -> JSONValue {
        let verdict = record.verdict
        let isAllowed = verdict.decision == .allow
        let activity = self.activity(verdict.action)
        return .members([
            ("category_uid", .integer(6)), ("category_name", .string("Application Activity")),
            ("class_uid", .integer(self.classID)), ("class_name", .string("API Activity")),
            ("activity_id", .integer(activity.id)), ("activity_name", .string(activity.name)),
            ("type_uid", .integer(self.classID * 100 + activity.id)),
            ("type_name", .string("API Activity: \(activity.name)")),
            ("time", .integer(record.time.microseconds / 1000)),
            ("severity_id", .integer(isAllowed ? 1 : 2)), ("severity", .string(isAllowed ? "Informational" : "Low")),
            ("status_id", .integer(isAllowed ? 1 : 2)), ("status", .string(isAllowed ? "Success" : "Failure")),
            ("status_detail", .text(record.explanation?.reasons.first?.text ?? verdict.refusal)),
            // An override is a deny that was let through; a shadow decision was only observed.
            ("action_id", .integer(verdict.mode == .shadow ? 3 : isAllowed || verdict.mode == .override ? 1 : 2)),
            ("disposition_id", .integer(isAllowed || verdict.mode != .enforce ? 1 : 2)),
            ("count", .integer(Int64(clamping: record.repetition?.count ?? 1))),
            ("metadata", self.metadata(record, place)), ("actor", self.actor(record.person?.who)),
            (
                "api",
                .object([
                    "operation": .string(verdict.action.isEmpty ? verdict.refusal ?? "request" : verdict.action),
                    "service": .object([
                        "name": .string(verdict.service), "uid": .string(verdict.service),
                        "version": .string(verdict.revision),
                    ]),
                ])
            ),
            (
                "src_endpoint",
                .members([
                    ("ip", .text(record.person?.trace.peer)), ("name", .text(record.person == nil ? "erased" : nil)),
                ])
            ),
            ("http_request", record.person.map { self.request($0.trace) }),
            ("resources", verdict.resource.map { .array([self.resource($0, record)]) }),
            ("authorizations", self.authorizations(verdict)),
        ])
    }

    private static func activity(_ action: String) -> (id: Int64, name: String) {
        switch action {
        case "create": (1, "Create")
        case "read", "list", "infer": (2, "Read")
        case "write", "administer": (3, "Update")
        case "delete": (4, "Delete")
        case "": (0, "Unknown")
        default: (99, "Other")
        }
    }

    private static func metadata(_ record: DecisionRecord, _ place: UInt64) -> JSONValue {
        .members([
            ("version", .string("1.3.0")), ("uid", .string(record.id.description)), ("log_name", .string("decisions")),
            ("sequence", .integer(Int64(place))), ("profiles", .texts(["security_control"])),
            (
                "product",
                .object([
                    "name": .string("Stile"), "vendor_name": .string("Stile"), "uid": .string(record.verdict.gateway),
                ])
            ),
            ("correlation_uid", .text(record.person?.trace.trace)),
        ])
    }

    private static func actor(_ who: RecordedPerson?) -> JSONValue {
        .object([
            "user": self.user(
                id: who.map { $0.id ?? "unknown" } ?? "erased",
                name: who?.name ?? (who == nil ? "erased" : "unknown"),
                isKnown: who?.id != nil
            )
        ])
    }

    /// A user with the account that they have in the directory, which is one of LDAP.
    private static func user(id: String, name: String, isKnown: Bool) -> JSONValue {
        .object([
            "uid": .string(id), "name": .string(name), "type_id": .integer(isKnown ? 1 : 0),
            "account": .object([
                "uid": .string(id), "name": .string(name), "type_id": .integer(isKnown ? 1 : 0),
                "type": .string(isKnown ? "LDAP Account" : "Unknown"),
            ]),
        ])
    }

    private static func request(_ trace: RequestTrace) -> JSONValue {
        .members([
            ("http_method", .string(trace.method)), ("url", .object(["path": .string(trace.path)])),
            ("uid", .text(trace.request)),
        ])
    }

    private static func resource(_ resource: RecordedResource, _ record: DecisionRecord) -> JSONValue {
        .members([
            ("uid", .text(resource.id ?? resource.entry)), ("name", .text(resource.name ?? resource.entry)),
            ("type", .string(resource.kind)), ("labels", record.verdict.label.map { .texts([$0]) }),
            ("owner", record.explanation?.owner.map { self.user(id: $0, name: $0, isKnown: false) }),
        ])
    }

    private static func authorizations(_ verdict: Verdict) -> JSONValue {
        let policies = verdict.policies.isEmpty ? [verdict.refusal ?? "default"] : verdict.policies
        return .array(
            policies.map { policy in
                .object([
                    "decision": .string(verdict.decision.rawValue),
                    "policy": .object([
                        "uid": .string(policy), "name": .string(policy), "version": .string(verdict.revision),
                    ]),
                ])
            }
        )
    }
}
