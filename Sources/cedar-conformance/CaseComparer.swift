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
            guard !self.testCase.isUnreadable else {
                // Entities are read last, and may be what the reference refuses, also for not fitting the schema.
                let problems = try self.entityProblems(schema)
                self.outcome.note(.reading, !problems.isEmpty, "expected to be refused")
                return
            }
            self.outcome.note(.reading, true, "")
            self.compareSchemas()
            try self.comparePolicyForms()
            if let schema { self.compareValidation(of: policies, schema) }
            let entities = try self.entities(schema)
            if schema != nil {
                let problems = try self.entityProblems(schema)
                self.outcome.note(.entityValidation, problems.isEmpty, "\(problems)")
            }
            let partial = schema.flatMap { try? PartialAuthorizer($0, policies) }
            try self.compareDecisions(Authorizer(policies), entities, schema, partial)
        } catch {
            self.outcome.note(.reading, self.testCase.isUnreadable, error.description)
        }
    }

    // MARK: - Reading

    private func schema() throws(SyntaxErrors) -> Schema? {
        guard let json = self.testCase.schema else { return nil }
        if let text = json.string {
            guard Self.isJSON(text) else { return try Schema(text: text) }
            return try Schema([SchemaFragment(json: try JSON(parsing: text))])
        }
        return try Schema([SchemaFragment(json: json)])
    }

    private func policies() throws(SyntaxErrors) -> PolicySet {
        guard !Self.isJSON(self.testCase.policies) else { return try PolicySet(parsingJSON: self.testCase.policies) }
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

    /// Whether a text is in JSON: nothing in Cedar's own syntax begins with a brace.
    private static func isJSON(_ text: String) -> Bool {
        text.first { !$0.isWhitespace } == "{"
    }

    private func entitiesJSON() throws(SyntaxErrors) -> JSON {
        guard let text = self.testCase.entities.string else { return self.testCase.entities }
        return try JSON(parsing: text)
    }

    /// The entities, read with the schema's help, and the actions that it declares.
    private func entities(_ schema: Schema?) throws(SyntaxErrors) -> Entities {
        guard let schema else { return try Entities(json: try self.entitiesJSON()) }
        let entities = try Entity.list(json: try self.entitiesJSON(), expecting: schema)
        do throws(EntitiesError) {
            return try Entities(entities.filter { schema.actions[$0.uid] == nil } + schema.actionEntities)
        } catch {
            throw SyntaxErrors([SyntaxDiagnostic(in: SourceText(""), at: .none, error.description)])
        }
    }

    /// What the schema finds wrong with the entities, those of actions included.
    private func entityProblems(_ schema: Schema?) throws(SyntaxErrors) -> [DataProblem] {
        let entities = try Entities(json: try self.entitiesJSON(), expecting: schema)
        return schema?.validate(entities) ?? []
    }

    // MARK: - Forms of policies

    /// The JSON form and the canonical layout, both of which must also read back to the same.
    private mutating func comparePolicyForms() throws(SyntaxErrors) {
        guard !Self.isJSON(self.testCase.policies) else { return }
        let json = JSON(try PolicySet(parsing: self.testCase.policies))
        if let expected = self.testCase.policyJSON {
            self.outcome.note(.policyJSON, json == expected, json.text())
            let read = try PolicySet(parsingJSON: expected.text())
            let again = JSON(read)
            self.outcome.note(.policyJSON, again == expected, "read and written: \(again.text())")
        }
        if let expected = self.testCase.formatted {
            let formatted = try PolicySet.formatted(self.testCase.policies)
            self.outcome.note(.formattedText, formatted == expected, formatted)
            let again = try PolicySet.formatted(formatted)
            self.outcome.note(.formattedText, again == formatted, "not stable: \(again)")
        }
    }

    // MARK: - Decisions

    private mutating func compareDecisions(
        _ authorizer: Authorizer,
        _ entities: Entities,
        _ schema: Schema?,
        _ partial: PartialAuthorizer?
    ) throws(SyntaxErrors) {
        for (number, question) in self.testCase.questions.enumerated() {
            guard !question.isRefused else {
                let request = try? self.request(question, schema)
                let isFine = request.map { schema?.validate($0).isEmpty ?? true } ?? false
                self.outcome.note(.requestValidation, !isFine, "request \(number): expected to be refused")
                continue
            }
            let request = try self.request(question, schema)
            if question.isValid, let schema {
                let problems = schema.validate(request)
                self.outcome.note(.requestValidation, problems.isEmpty, "request \(number): \(problems)")
                if let partial { self.comparePartialAnswers(partial, request, entities, question.decision) }
            }
            let answer = authorizer.decide(request, entities)
            let decision = answer.decision.rawValue
            let reasons = answer.determining.map(\.text).sorted()
            let errors = answer.failures.map(\.policy.text).sorted()
            self.outcome.note(.decisions, decision == question.decision, "request \(number): \(decision)")
            self.outcome.note(
                .reasons,
                reasons == question.reasons,
                "request \(number): expected \(question.reasons), found \(reasons)"
            )
            self.outcome.note(
                .errors,
                errors == question.errors,
                "request \(number): expected \(question.errors), found \(errors)"
            )
        }
    }

    private func request(_ question: ConformanceCase.Question, _ schema: Schema?) throws(SyntaxErrors) -> Request {
        let action = try EntityUID(json: question.action ?? .object([]))
        return Request(
            principal: try EntityUID(json: question.principal ?? .object([])),
            action: action,
            resource: try EntityUID(json: question.resource ?? .object([])),
            context: try RecordValue(
                context: question.context ?? .object([]),
                expecting: schema?.context(of: action) ?? [:]
            )
        )
    }

    /// Leaves out one part of a request after the other, and all of them, and completes what comes of it.
    private mutating func comparePartialAnswers(
        _ partial: PartialAuthorizer,
        _ request: Request,
        _ entities: Entities,
        _ decision: String
    ) {
        let (principal, resource) = (request.principal, request.resource)
        let known = PartialRequest(
            principal: .known(principal),
            action: request.action,
            resource: .known(resource),
            context: request.context
        )
        var masked = [known, known, known, known]
        masked[0].principal = .unknown(principal.type)
        masked[1].resource = .unknown(resource.type)
        masked[2].context = [:]
        masked[2].openContext = .rest
        masked[3].principal = .unknown(nil)
        masked[3].resource = .unknown(nil)
        masked[3].context = [:]
        masked[3].openContext = .rest
        for (number, mask) in masked.enumerated() {
            let answer = partial.evaluate(mask, entities).first {
                $0.environment.principal == principal.type && $0.environment.resource == resource.type
            }
            let early = answer?.decision?.rawValue
            let completed = answer?.completed(by: request, entities).rawValue
            self.outcome.note(
                .partialEvaluation,
                completed == decision && (early == nil || early == decision),
                "mask \(number) of \(request): \(early ?? "open"), then \(completed ?? "none")"
            )
        }
    }

    // MARK: - Schemas

    private mutating func compareSchemas() {
        guard let text = self.testCase.schema?.string, !Self.isJSON(text) else { return }
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
