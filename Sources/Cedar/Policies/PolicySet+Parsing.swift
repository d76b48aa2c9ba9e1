extension PolicySet {
    /// How policies read from text get their ids.
    public enum Naming: Hashable, Sendable {
        /// `policy0`, `policy1`, ... in the order of the text.
        case numbered
        /// By the value of an annotation such as `@id("CLR-1")`; numbered where it is missing.
        case annotation(String)
        /// By the value of an annotation; a policy without it is an error.
        case requiredAnnotation(String)
    }

    /// Reads policies and templates from Cedar text.
    ///
    /// - Parameters:
    ///   - text: The policies.
    ///   - file: The name of the file they come from, for messages.
    ///   - naming: How policies get their ids.
    /// - Throws: ``SyntaxErrors`` with every error of the text.
    public init(parsing text: String, file: String? = nil, naming: Naming = .numbered) throws(SyntaxErrors) {
        try self.init(parsing: [SourceText(text, name: file)], naming: naming)
    }

    /// Reads policies and templates from several texts as one set.
    ///
    /// - Parameters:
    ///   - sources: The texts, numbered through in this order.
    ///   - naming: How policies get their ids.
    /// - Throws: ``SyntaxErrors`` with every error of every text.
    public init(parsing sources: [SourceText], naming: Naming = .numbered) throws(SyntaxErrors) {
        self.init()
        var diagnostics: [SyntaxDiagnostic] = []
        var number = 0
        for source in sources {
            var parser = PolicyParser(source)
            do throws(SyntaxErrors) {
                for rule in try parser.rules() {
                    let id = naming.id(of: rule, number: number)
                    number += 1
                    guard let id else {
                        let help = "give it a name with \(naming.example)"
                        diagnostics.note(
                            SyntaxDiagnostic(in: source, at: rule.span, "policy without a name", help: help)
                        )
                        continue
                    }
                    do throws(PolicySetError) {
                        try self.add(rule, as: id)
                    } catch {
                        diagnostics.note(SyntaxDiagnostic(in: source, at: rule.span, error.description))
                    }
                }
            } catch {
                diagnostics += error.diagnostics
            }
        }
        guard diagnostics.isEmpty else { throw SyntaxErrors(inOrder: diagnostics) }
    }

    /// Adds a rule, as a template if it has slots.
    mutating func add(_ rule: Rule, as id: PolicyID) throws(PolicySetError) {
        if let policy = Policy(id: id, rule: rule) {
            try self.add(policy)
        } else {
            try self.add(Template(id: id, rule: rule))
        }
    }

    /// Adds everything of another set.
    ///
    /// - Throws: ``PolicySetError/duplicateID(_:)`` at the first id that both sets use; the set is then as it was.
    public mutating func add(contentsOf other: PolicySet) throws(PolicySetError) {
        var joined = self
        for template in other.templates { try joined.add(template) }
        for policy in other.policies { try joined.add(policy) }
        self = joined
    }
}

extension PolicySet.Naming {
    fileprivate func id(of rule: Rule, number: Int) -> PolicyID? {
        switch self {
        case .numbered:
            return PolicyID("policy\(number)")
        case .annotation(let key):
            let value = rule.annotation(key) ?? ""
            return PolicyID(value.isEmpty ? "policy\(number)" : value)
        case .requiredAnnotation(let key):
            return rule.annotation(key).flatMap { $0.isEmpty ? nil : PolicyID($0) }
        }
    }

    fileprivate var example: String {
        switch self {
        case .numbered: "a number"
        case .annotation(let key), .requiredAnnotation(let key): "`@\(key)(\"..\")`"
        }
    }
}
