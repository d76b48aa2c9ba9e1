import Catalog
import Cedar
import DecisionLog
import SecurityLabels

/// One question before the policies: evaluated, its causes found, its flips looked for.
struct Hearing {
    private let policies: PolicyInForce
    private let request: Request
    private let who: Entity
    private let what: Entity
    private let resource: LabelledResource
    private let clearance: SecurityLabel
    private let entities: Entities

    init(
        _ policies: PolicyInForce,
        request: Request,
        who: Entity,
        what: Entity,
        resource: LabelledResource,
        clearance: SecurityLabel
    ) {
        self.policies = policies
        self.request = request
        self.who = who
        self.what = what
        self.resource = resource
        self.clearance = clearance
        self.entities = policies.projection.statics.overlaid(by: who, what)
    }

    /// Fills in the answer.
    func decide(_ draft: inout DecisionDraft) {
        let chapter = self.policies.rules.enforced
        let work = DecisionWorkspace()
        _ = chapter.authorizer.decide(self.request, self.entities, in: work)
        // In the order of the files, whatever order they were tried in.
        let permits = work.permits.sorted().map { chapter.rules[Int($0)] }
        let forbids = work.forbids.sorted().map { chapter.rules[Int($0)] }
        let failed = work.failures.sorted { $0.policy < $1.policy }.map {
            (rule: chapter.rules[Int($0.policy)], error: $0.error)
        }
        // Cedar skips a policy that cannot be evaluated. A forbid that is skipped is a door left open, so it counts as closed.
        let failedForbids = failed.filter { $0.rule.effect == .forbid }

        draft.isAllowed = forbids.isEmpty && failedForbids.isEmpty && !permits.isEmpty
        draft.permits = permits.map(\.id)
        draft.errors = failed.map { "\($0.rule.id): \($0.error)" }
        let determining = draft.isAllowed ? permits : forbids
        draft.reasons = determining.map { self.reason(of: $0, draft) }
        if !draft.isAllowed {
            draft.causes = Self.causes(permits: permits, forbids: forbids, failedForbids: !failedForbids.isEmpty)
            draft.isOverridable = failedForbids.isEmpty && !forbids.isEmpty && forbids.allSatisfy(\.isOverridable)
            if draft.causes.contains(.label), !permits.isEmpty, failedForbids.isEmpty,
                forbids.allSatisfy(\.reads.label), let label = self.resource.label
            {
                draft.flips = self.flips(of: label, permits: permits)
            }
        }
        draft.shadow = self.shadow(permits: permits, forbids: forbids, failedForbids: !failedForbids.isEmpty)
    }

    /// What a deny was due to, policy by policy.
    private static func causes(permits: [RuleInForce], forbids: [RuleInForce], failedForbids: Bool) -> Causes {
        var causes: Causes = permits.isEmpty ? .role : []
        if failedForbids { causes.insert(.error) }
        for forbid in forbids {
            if forbid.reads.label { causes.insert(.label) }
            if forbid.isContextual { causes.insert(.context) }
            if !forbid.reads.label, !forbid.isContextual {
                // It is about who asks, or about nothing but what is done to what, which nobody's role includes.
                causes.insert(forbid.reads.principal ? .account : .role)
            }
        }
        return causes
    }

    private func reason(of rule: RuleInForce, _ draft: DecisionDraft) -> PolicyReason {
        if let constant = rule.reason.constant {
            return PolicyReason(
                policy: rule.id,
                sentence: constant,
                guardedSentence: rule.reason.guardedSentence { _ in "" }
            )
        }
        let value: (ReasonTemplate.Placeholder) -> String = { placeholder in
            switch placeholder {
            case .level: self.resource.label?.level.name ?? "no level"
            case .categories: self.list(self.resource.label?.categories.sorted() ?? [])
            case .label: self.resource.label?.marking ?? "no label"
            case .title: self.resource.title
            case .resource: self.resource.id
            case .owner: self.resource.owner?.description ?? "nobody"
            case .clearance: self.clearance.level.name
            case .name: draft.person
            case .missing: self.list(draft.missing)
            case .action: draft.action
            case .service: self.resource.reference.service
            }
        }
        return PolicyReason(
            policy: rule.id,
            sentence: rule.reason.sentence(value),
            guardedSentence: rule.reason.guardedSentence(value)
        )
    }

    private func list(_ categories: [Category]) -> String {
        categories.isEmpty ? "nothing" : categories.map(\.name).joined(separator: ", ")
    }

    // MARK: Flips

    /// The relaxations under which the permits that match already would be enough.
    private func flips(of label: SecurityLabel, permits: [RuleInForce]) -> FlipSearch.Outcome {
        let relaxations = self.policies.scheme.relaxations(of: label, downTo: label.met(with: self.clearance))
        let chapter = self.policies.rules.aboutLabels
        let standing = Set(permits.filter(\.reads.label).map(\.id))
        let hasIndependentPermit = permits.contains { !$0.reads.label }
        let work = DecisionWorkspace()
        return FlipSearch.run(relaxations) { relaxation in
            guard let relaxed = try? self.policies.projection.resource(self.resource, labelled: relaxation.label) else {
                return false
            }
            let entities = self.policies.projection.statics.overlaid(by: self.who, relaxed)
            _ = chapter.authorizer.decide(self.request, entities, in: work)
            let failed = work.failures.contains { chapter.rules[Int($0.policy)].effect == .forbid }
            guard work.forbids.isEmpty, !failed else { return false }
            // A permit that only a lower label would bring does not count: it would be another rule's decision.
            return hasIndependentPermit || work.permits.contains { standing.contains(chapter.rules[Int($0)].id) }
        }
    }

    // MARK: Shadow

    private func shadow(permits: [RuleInForce], forbids: [RuleInForce], failedForbids: Bool) -> ShadowOutcome? {
        guard let chapter = self.policies.rules.shadow else { return nil }
        let work = DecisionWorkspace()
        _ = chapter.authorizer.decide(self.request, self.entities, in: work)
        guard !work.permits.isEmpty || !work.forbids.isEmpty || !work.failures.isEmpty else { return nil }
        let failed = work.failures.contains { chapter.rules[Int($0.policy)].effect == .forbid }
        return ShadowOutcome(
            isAllowed: forbids.isEmpty && work.forbids.isEmpty && !failedForbids && !failed
                && !(permits.isEmpty && work.permits.isEmpty),
            policies: (work.forbids.sorted() + work.permits.sorted()).map { chapter.rules[Int($0)].id },
            errors: work.failures.map { "\(chapter.rules[Int($0.policy)].id): \($0.error)" }
        )
    }
}
