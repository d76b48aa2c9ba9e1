/// What a policy says: everything but its id.
///
/// Templates and policies share it; in a policy no slot is left.
public struct Rule: Hashable, Sendable {
    /// Remarks, in the order written; keys differ.
    public let annotations: [Annotation]
    /// Permit or forbid.
    public let effect: Effect
    /// What it asks of the principal.
    public let principal: ScopeConstraint
    /// What it asks of the action.
    public let action: ActionConstraint
    /// What it asks of the resource.
    public let resource: ScopeConstraint
    /// What else must hold, in the order written.
    public let conditions: [Condition]
    /// Where it stands.
    public let span: SourceSpan
    /// The text it stands in; `nil` when it was not read from Cedar text.
    public let source: SourceText?

    /// Puts a rule together.
    public init(
        annotations: [Annotation] = [],
        effect: Effect,
        principal: ScopeConstraint = .any,
        action: ActionConstraint = .any,
        resource: ScopeConstraint = .any,
        conditions: [Condition] = [],
        span: SourceSpan = .none,
        source: SourceText? = nil
    ) {
        self.annotations = annotations
        self.effect = effect
        self.principal = principal
        self.action = action
        self.resource = resource
        self.conditions = conditions
        self.span = span
        self.source = source
    }

    /// The value of an annotation: empty when it has none, `nil` when the rule has no such annotation.
    public func annotation(_ key: String) -> String? {
        self.annotations.first { $0.key == key }.map { $0.value ?? "" }
    }

    /// The slots it has.
    public var slots: [Slot] {
        [self.principal.slot, self.resource.slot].compactMap(\.self)
    }

    /// The same rule with its slots filled.
    func filled(with values: [Slot: EntityUID]) -> Rule {
        func filled(_ constraint: ScopeConstraint) -> ScopeConstraint {
            guard let slot = constraint.slot, let uid = values[slot] else { return constraint }
            return constraint.filled(with: uid)
        }
        return Rule(
            annotations: self.annotations,
            effect: self.effect,
            principal: filled(self.principal),
            action: self.action,
            resource: filled(self.resource),
            conditions: self.conditions,
            span: self.span,
            source: self.source
        )
    }

    /// Whether both say the same, wherever they stand.
    public static func == (a: Rule, b: Rule) -> Bool {
        a.effect == b.effect && a.principal == b.principal && a.action == b.action && a.resource == b.resource
            && a.annotations == b.annotations && a.conditions == b.conditions
    }

    /// Hashes what is said.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.effect)
        hasher.combine(self.principal)
        hasher.combine(self.action)
        hasher.combine(self.resource)
        hasher.combine(self.annotations)
        hasher.combine(self.conditions)
    }
}
