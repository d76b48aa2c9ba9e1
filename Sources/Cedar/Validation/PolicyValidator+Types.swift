extension PolicyValidator {
    /// Checks the types in every environment, and whether there is one in which the policy can apply.
    func typeProblems(of rule: Rule) -> [Typechecker.Finding] {
        var known: Set<Typechecker.Finding> = []
        var order: [Typechecker.Finding] = []
        let isPossible = self.checkEnvironments(of: rule) { finding in
            if known.insert(finding).inserted { order.append(finding) }
        }
        if !isPossible { order.append(Typechecker.Finding(problem: .impossiblePolicy, span: rule.span)) }
        return order
    }

    /// Checks a rule in every environment, those that can't tell anything new left out.
    ///
    /// - Parameters:
    ///   - rule: The rule.
    ///   - report: Called with everything found.
    /// - Returns: Whether there is an environment in which the rule is not always false.
    private func checkEnvironments(of rule: Rule, _ report: (Typechecker.Finding) -> Void) -> Bool {
        // Levels count what a scope looks up, also where the rule can't apply, so they need the whole condition.
        guard self.maximumLevel == nil, rule.slots.isEmpty, self.hasPlainScope(rule) else {
            let condition = rule.wholeCondition
            var isPossible = false
            for environment in self.schema.environments {
                for slots in self.slotTypes(of: rule, in: environment) {
                    isPossible = self.check(condition, environment, slots, report) || isPossible
                }
            }
            return isPossible
        }
        let condition = rule.joinedConditions
        var mentionsAction = false
        condition.forEachPart { if $0.node == .variable(.action) { mentionsAction = true } }
        var isPossible = false
        /// Shapes in which nothing was found: the same types give the same answer whatever the action.
        var settled: Set<Int> = []
        for (environment, shape) in zip(self.schema.environments, self.schema.environmentShapes)
        where !settled.contains(shape) && self.scopeFits(rule, environment) {
            var isClean = true
            let applies = self.check(condition, environment, [:]) { finding in
                isClean = false
                report(finding)
            }
            isPossible = applies || isPossible
            if isClean, !mentionsAction { settled.insert(shape) }
        }
        return isPossible
    }

    /// Checks a condition in one environment.
    ///
    /// - Returns: Whether it is not always false.
    private func check(
        _ condition: Expression,
        _ environment: RequestEnvironment,
        _ slots: [Slot: EntityTypeName],
        _ report: (Typechecker.Finding) -> Void
    ) -> Bool {
        var checker = Typechecker(
            self.schema,
            self.mode,
            environment,
            slots: slots,
            annotates: self.maximumLevel != nil,
            suggestions: self.suggestions
        )
        let answer = checker.expect(condition, [.boolean], [])
        for finding in checker.findings { report(finding) }
        let isAlwaysFalse = answer.type?.isAlwaysFalse == true
        if let maximumLevel, let typed = answer.typed, answer.isSound || isAlwaysFalse {
            var levels = LevelChecker(maximum: maximumLevel, action: environment.action)
            levels.check(typed)
            for finding in levels.findings { report(finding) }
        }
        return !isAlwaysFalse
    }

    // MARK: - Scopes

    /// Whether a scope names nothing unknown, so that types alone tell where it can hold and nothing in it is wrong.
    private func hasPlainScope(_ rule: Rule) -> Bool {
        for constraint in [rule.principal, rule.resource] {
            if let uid = constraint.reference?.entity, self.schema.entityTypes[uid.type] == nil { return false }
        }
        if case .inAny(let uids) = rule.action, uids.isEmpty { return false }
        let actions = rule.action.actions
        return actions.allSatisfy { self.schema.actions[$0] != nil && $0.type == actions[0].type }
    }

    /// Whether a plain scope can hold in an environment.
    private func scopeFits(_ rule: Rule, _ environment: RequestEnvironment) -> Bool {
        let action = environment.action
        let isForAction =
            switch rule.action {
            case .any: true
            case .equal(let uid): uid == action
            case .in(let uid): uid == action || self.schema.actions[action]?.ancestors.contains(uid) == true
            case .inAny(let uids):
                uids.contains { $0 == action || self.schema.actions[action]?.ancestors.contains($0) == true }
            }
        return isForAction && self.fits(rule.principal, environment.principal)
            && self.fits(rule.resource, environment.resource)
    }

    private func fits(_ constraint: ScopeConstraint, _ type: EntityTypeName) -> Bool {
        switch constraint {
        case .any, .equal(.slot), .in(.slot): true
        case .equal(.entity(let uid)): uid.type == type
        case .in(.entity(let uid)): self.schema.canBe(type, in: uid.type)
        case .is(let wanted), .isIn(let wanted, .slot): wanted == type
        case .isIn(let wanted, .entity(let uid)): wanted == type && self.schema.canBe(type, in: uid.type)
        }
    }

    /// The types that the slots of a template can stand for so that it applies in an environment.
    private func slotTypes(of rule: Rule, in environment: RequestEnvironment) -> [[Slot: EntityTypeName]] {
        var combinations: [[Slot: EntityTypeName]] = [[:]]
        for (constraint, type) in [(rule.principal, environment.principal), (rule.resource, environment.resource)] {
            guard let slot = constraint.slot else { continue }
            var types = [type]
            // `==` fits only its own type; `in` also every type that this one can be in.
            if case .equal = constraint {} else { types += self.schema.ancestorTypes[type]?.sorted() ?? [] }
            combinations = combinations.flatMap { slots in
                types.map { type in slots.merging([slot: type]) { $1 } }
            }
        }
        return combinations
    }
}
