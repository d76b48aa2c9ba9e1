/// A policy as the authorizer keeps it: its scope as keys of the index, its conditions as instructions.
struct CompiledPolicy: Sendable {
    /// One condition.
    struct Clause: Sendable {
        let instruction: Int32
        /// What the condition must be for the policy to apply.
        let expected: Bool
    }

    let effect: Effect
    /// The type asked for by `is T in E`; the index covers every other form.
    let principalType: EntityTypeName?
    /// The type asked for by `is T in E`.
    let resourceType: EntityTypeName?
    /// Keys of the actions asked for; empty for any action.
    let actions: [Int32]
    /// Whether the scope asks for an action at all, since `in []` asks for one and accepts none.
    let isActionBound: Bool
    let clauses: [Clause]
}
