/// Checks the policies of a set against a schema.
///
/// Source: Cedar language 4.5, "Policy validation".
struct PolicyValidator {
    let schema: Schema
    let mode: ValidationMode
    /// How many dereferences in a row a policy may need; `nil` for any number.
    let maximumLevel: Int?
    let suggestions = Suggestions()
    private(set) var diagnostics: [ValidationDiagnostic] = []

    init(_ schema: Schema, _ mode: ValidationMode, maximumLevel: Int?) {
        self.schema = schema
        self.mode = mode
        self.maximumLevel = maximumLevel
    }

    /// Checks a policy; of one made from a template only what the link adds, the template being checked by itself.
    mutating func validate(_ policy: Policy) {
        guard let link = policy.link else { return self.validate(policy.rule, policy.id) }
        var problems: [Typechecker.Finding] = []
        for slot in Slot.allCases {
            guard let uid = link.values[slot], !self.schema.knows(uid.type) else { continue }
            problems.append(self.unrecognized(uid.type, at: .none))
        }
        if let problem = self.applicationProblem(of: policy.rule) {
            problems.append(Typechecker.Finding(problem: problem, span: .none))
        }
        self.add(problems, policy.id, policy.rule)
    }

    /// Checks a template.
    mutating func validate(_ template: Template) {
        self.validate(template.rule, template.id)
    }

    private mutating func validate(_ rule: Rule, _ id: PolicyID) {
        var findings = self.nameProblems(of: rule)
        if let problem = self.applicationProblem(of: rule) {
            findings.append(Typechecker.Finding(problem: problem, span: rule.span))
        }
        findings += self.bidirectionalTexts(of: rule)
        findings += self.typeProblems(of: rule)
        self.add(findings, id, rule)
    }

    private mutating func add(_ findings: [Typechecker.Finding], _ id: PolicyID, _ rule: Rule) {
        var seen: Set<Typechecker.Finding> = []
        let ordered = findings.filter { seen.insert($0).inserted }
            .enumerated()
            .sorted { ($0.element.span.start, $0.offset) < ($1.element.span.start, $1.offset) }
        self.diagnostics += ordered.map { ValidationDiagnostic(id, rule, $0.element.problem, at: $0.element.span) }
    }
}

extension Schema {
    /// Checks policies against this schema.
    ///
    /// - Parameters:
    ///   - policies: The policies, templates and links.
    ///   - mode: How much to insist on.
    ///   - maximumLevel: How many dereferences in a row a policy may need (RFC 76), so that a caller knows which
    ///     entities to load; `nil` for any number.
    /// - Returns: Errors and warnings, in the order of the policies and of their texts; no error when they are valid.
    public func validate(
        _ policies: PolicySet,
        mode: ValidationMode = .strict,
        maximumLevel: Int? = nil
    ) -> [ValidationDiagnostic] {
        var validator = PolicyValidator(self, mode, maximumLevel: maximumLevel)
        for template in policies.templates { validator.validate(template) }
        for policy in policies.policies { validator.validate(policy) }
        return validator.diagnostics
    }
}
