/// The answer to a question.
public enum Decision: String, Hashable, Sendable {
    /// A policy permits it and none forbids it.
    case allow
    /// A policy forbids it, or none permits it.
    case deny
}

/// A policy whose conditions had no value.
public struct PolicyFailure: Error, Hashable, Sendable {
    /// The policy.
    public let policy: PolicyID
    /// What it would have done.
    ///
    /// Cedar skips a failing `forbid` like any other policy, which opens a door; whoever
    /// wants that door shut looks here.
    public let effect: Effect
    /// What went wrong.
    public let error: EvaluationError
}

/// The answer with what made it so.
public struct Response: Hashable, Sendable {
    /// The answer.
    public let decision: Decision
    /// All permits that were satisfied, also under a deny.
    public let permits: [PolicyID]
    /// All forbids that were satisfied.
    public let forbids: [PolicyID]
    /// The policies that could not be evaluated, and were skipped.
    public let failures: [PolicyFailure]

    /// The policies that made it so: forbids for a deny, permits for an allow, none when nothing applied.
    public var determining: [PolicyID] {
        switch self.decision {
        case .allow: self.permits
        case .deny: self.forbids
        }
    }

    /// Whether a `forbid` could not be evaluated.
    public var hasFailedForbid: Bool { self.failures.contains { $0.effect == .forbid } }
}
