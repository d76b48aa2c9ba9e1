/// What a policy does to a request that it applies to.
public enum Effect: String, Hashable, Sendable, CaseIterable {
    /// Allows it, if nothing forbids it.
    case permit
    /// Denies it, whatever permits it.
    case forbid
}
