import Catalog
package import Cedar
import SecurityLabels

/// Reads the `.cedar` files: policies in force, policies in shadow, and everything wrong with either.
struct PolicyReader {
    /// The policies that decide, and the templates.
    private(set) var enforced = PolicySet()
    /// The policies marked `@shadow`.
    private(set) var shadow = PolicySet()
    /// The sentences and dependencies of both, by id.
    private(set) var rules: [PolicyID: RuleInForce] = [:]
    /// What is wrong.
    private(set) var diagnostics: [PolicyDiagnostic] = []

    private let scheme: Scheme
    private var places: [PolicyID: String] = [:]

    /// The annotations that mean something here.
    private static let knownAnnotations = ["id", "reason", "shadow", "overridable"]

    init(_ texts: [PolicyText], scheme: Scheme) {
        self.scheme = scheme
        for text in texts.sorted(by: { $0.file < $1.file }) { self.read(text) }
    }

    private mutating func read(_ text: PolicyText) {
        let set: PolicySet
        do {
            set = try PolicySet(parsing: text.text, file: text.file, naming: .annotation("id"))
        } catch {
            self.diagnostics += error.diagnostics.map { PolicyDiagnostic(syntax: $0, in: text.file) }
            return
        }
        for policy in set.policies where self.admit(policy.id, policy.rule, in: text.file) {
            do throws(PolicySetError) {
                if policy.rule.annotation("shadow") != nil {
                    try self.shadow.add(policy)
                } else {
                    try self.enforced.add(policy)
                }
            } catch {
                self.report(error.description, policy.rule, in: text.file)
            }
        }
        for template in set.templates where self.admit(template.id, template.rule, in: text.file) {
            do throws(PolicySetError) {
                try self.enforced.add(template)
            } catch {
                self.report(error.description, template.rule, in: text.file)
            }
        }
    }

    /// Checks what Cedar leaves open: that a policy has a name of its own and a sentence that can be filled in.
    private mutating func admit(_ id: PolicyID, _ rule: Rule, in file: String) -> Bool {
        guard let written = rule.annotation("id"), !written.isEmpty else {
            self.report(
                "policy without `@id`, expected one that records and people can name",
                rule,
                in: file,
                remedy: "write `@id(\"NAME\")` above it"
            )
            return false
        }
        if let first = self.places[id] {
            self.report(
                "`\(id)` is already the id of the policy at \(first)",
                rule,
                in: file,
                remedy: "give it another id"
            )
            return false
        }
        self.places[id] = "\(file):\(rule.source?.position(at: rule.span.start).description ?? "1:1")"
        for annotation in rule.annotations where !Self.knownAnnotations.contains(annotation.key) {
            self.report(
                .warning,
                "unknown annotation `@\(annotation.key)`, expected one of: "
                    + Self.knownAnnotations.map { "@\($0)" }.joined(separator: ", "),
                rule,
                at: annotation.span,
                in: file
            )
        }
        let annotation = rule.annotations.first { $0.key == "reason" }
        if rule.effect == .forbid, (annotation?.value ?? "").isEmpty {
            self.report(
                .warning,
                "forbid `\(id)` has no `@reason`, so a refusal cannot say why",
                rule,
                at: rule.span,
                in: file,
                remedy: "write `@reason(\"…\")` above it"
            )
        }
        do throws(ReasonTemplate.Problem) {
            let sentence = annotation?.value ?? ""
            let fallback = rule.effect == .forbid ? "rule \(id) forbids it" : "rule \(id) permits it"
            self.rules[id] = RuleInForce(
                id: id.text,
                effect: rule.effect,
                reason: try ReasonTemplate(sentence.isEmpty ? fallback : sentence, scheme: self.scheme),
                reads: ReadSet(of: rule),
                isOverridable: rule.annotation("overridable") != nil
            )
        } catch {
            self.report(.error, error.description, rule, at: annotation?.span ?? rule.span, in: file)
            return false
        }
        return true
    }

    private mutating func report(_ message: String, _ rule: Rule, in file: String, remedy: String? = nil) {
        self.report(.error, message, rule, at: rule.span, in: file, remedy: remedy)
    }

    private mutating func report(
        _ severity: PolicyDiagnostic.Severity,
        _ message: String,
        _ rule: Rule,
        at span: SourceSpan,
        in file: String,
        remedy: String? = nil
    ) {
        let place = rule.source?.position(at: span.start)
        self.diagnostics.append(
            PolicyDiagnostic(
                severity,
                at: .init(file: file, line: place?.line ?? 1, column: place?.column ?? 1),
                message,
                remedy: remedy
            )
        )
    }
}

extension PolicyDiagnostic {
    /// An error of Cedar's reader as one of ours.
    package init(syntax error: SyntaxDiagnostic, in file: String) {
        var message = error.message
        if let found = error.found { message += ", found \(found)" }
        if !error.expected.isEmpty { message += ", expected \(error.expected.joined(separator: " or "))" }
        self.init(
            at: .init(file: error.file ?? file, line: error.position.line, column: error.position.column),
            message,
            remedy: error.help
        )
    }

    /// A finding of Cedar's validator as one of ours.
    init(validation finding: ValidationDiagnostic) {
        self.init(
            finding.isWarning ? .warning : .error,
            at: .init(
                file: finding.file ?? "policies",
                line: finding.position?.line ?? 1,
                column: finding.position?.column ?? 1
            ),
            finding.message,
            remedy: finding.help
        )
    }
}
