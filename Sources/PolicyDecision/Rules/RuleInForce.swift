import Cedar

/// What is known about a policy beside what Cedar evaluates: its sentence, and what it depends on.
struct RuleInForce: Sendable {
    let id: String
    let effect: Effect
    let reason: ReasonTemplate
    let reads: ReadSet
    let isOverridable: Bool

    /// Whether it looks at circumstances other than a grant, which is about the label.
    var isContextual: Bool { !self.reads.context.subtracting(.grant).isEmpty }
}
