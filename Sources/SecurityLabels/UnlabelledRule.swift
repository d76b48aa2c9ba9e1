/// What holds for a resource that nobody has labelled.
public enum UnlabelledRule: Hashable, Sendable {
    /// No access: the safe start.
    case deny

    /// The resource counts as labelled with this level and no category; its origin is recorded as `default`.
    case level(ClassificationLevel)
}
