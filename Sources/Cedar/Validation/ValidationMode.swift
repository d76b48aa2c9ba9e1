/// How much the validator insists on.
public enum ValidationMode: Hashable, Sendable, CaseIterable {
    /// No subtyping: types must be equal, sets must not be empty, extension values are made from literals only.
    ///
    /// The mode for policies that go live, since what it accepts can also be analysed by solvers.
    case strict
    /// Only what is needed so that no evaluation can fail with a type error.
    case permissive
}
