import Cedar

/// Works a case out and compares it with what the reference made of it.
struct CaseComparer {
    let testCase: ConformanceCase
    private var outcome = Outcome()

    init(_ testCase: ConformanceCase) {
        self.testCase = testCase
    }

    /// Compares everything that the case has expectations for.
    static func compare(_ testCase: ConformanceCase) -> Outcome {
        var comparer = CaseComparer(testCase)
        comparer.compare()
        return comparer.outcome
    }

    private mutating func compare() {
        do throws(SyntaxErrors) {
            let schema = try self.schema()
            let policies = try self.policies()
            self.outcome.note(.reading, true, "")
            self.compareSchemas()
            if let schema { self.compareValidation(of: policies, schema) }
        } catch {
            self.outcome.note(.reading, false, error.description)
        }
    }

    // MARK: - Reading

    private func schema() throws(SyntaxErrors) -> Schema? {
        guard let json = self.testCase.schema else { return nil }
        if let text = json.string { return try Schema(text: text) }
        return try Schema([SchemaFragment(json: json)])
    }

    private func policies() throws(SyntaxErrors) -> PolicySet {
        var policies = try PolicySet(parsing: self.testCase.policies)
        for link in self.testCase.links {
            // Suites name templates by their ids or by their `@id`.
            let named = policies.templates.first { $0.rule.annotation("id") == link.template }
            let template = policies.template(PolicyID(link.template)) ?? named
            var values: [Slot: EntityUID] = [:]
            for member in link.values {
                guard let slot = Slot(rawValue: member.key) else { continue }
                values[slot] = try EntityUID(json: member.value)
            }
            do throws(PolicySetError) {
                try policies.link(
                    template: template?.id ?? PolicyID(link.template),
                    as: PolicyID(link.id),
                    values: values
                )
            } catch {
                let source = SourceText(self.testCase.policies)
                throw SyntaxErrors([SyntaxDiagnostic(in: source, at: .none, error.description)])
            }
        }
        return policies
    }

    // MARK: - Schemas

    private mutating func compareSchemas() {
        guard let text = self.testCase.schema?.string else { return }
        do throws(SyntaxErrors) {
            let fragment = try SchemaFragment(text: text)
            let json = fragment.json
            if let expected = self.testCase.schemaJSON {
                self.outcome.note(.schemaJSON, json == expected, json.text())
                let again = try SchemaFragment(json: expected).json
                self.outcome.note(.schemaJSON, again == expected, "read and written: \(again.text())")
            }
            let printed = fragment.text
            let again = try SchemaFragment(text: printed)
            self.outcome.note(.schemaText, again.json == json, printed)
            self.outcome.note(.schemaText, again.text == printed, "not stable: \(printed)")
        } catch {
            self.outcome.note(.schemaText, false, error.description)
        }
    }

    // MARK: - Validation

    private mutating func compareValidation(of policies: PolicySet, _ schema: Schema) {
        self.compare(
            schema.validate(policies, mode: .strict),
            self.testCase.isStrictlyValid,
            self.testCase.strictMessages,
            .strictValidation,
            .strictMessages
        )
        self.compare(
            schema.validate(policies, mode: .permissive),
            self.testCase.isPermissivelyValid,
            self.testCase.permissiveMessages,
            .permissiveValidation,
            .permissiveMessages
        )
    }

    private mutating func compare(
        _ diagnostics: [ValidationDiagnostic],
        _ isValid: Bool?,
        _ messages: [String]?,
        _ verdict: Comparison,
        _ wording: Comparison
    ) {
        let found = diagnostics.filter { !$0.isWarning }.map(\.message)
        if let isValid {
            self.outcome.note(verdict, found.isEmpty == isValid, "expected \(isValid), found \(found)")
        }
        if let messages {
            let missing = Set(messages).subtracting(found)
            let extra = Set(found).subtracting(messages)
            self.outcome.note(wording, missing.isEmpty && extra.isEmpty, "missing \(missing), not expected \(extra)")
        }
    }
}
