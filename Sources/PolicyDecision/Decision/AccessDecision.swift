package import Catalog
package import DecisionLog
package import SecurityLabels

/// An answer with everything that made it so and everything that may be said about it.
///
/// Immutable and shared: a cache may keep it for as long as its ``revision`` is in force, for every question that agrees in person,
/// action, resource, and the circumstances in ``contextRead``.
package final class AccessDecision: Sendable {
    /// Whether access is given.
    package let isAllowed: Bool
    /// What a deny was due to; empty for an allow.
    package let causes: Causes
    /// What the decision rests on.
    package let ground: DecisionGround
    /// Who asked, by login name.
    package let person: String
    /// What was asked for.
    package let action: String
    /// The determining policies with their sentences: forbids for a deny, permits for an allow.
    package let reasons: [PolicyReason]
    /// The permits that match, whether or not a forbid overrides them.
    package let permits: [String]
    /// What could not be evaluated, one line each.
    package let errors: [String]
    /// The minimal relaxations of the label under which this deny would be an allow, mildest first.
    package let flips: [Relaxation]
    /// Whether ``flips`` are all there are, and each of them minimal.
    package let flipsComplete: Bool
    /// The id under which the resource is counted and reviewed.
    package let resource: String
    /// The resource's title.
    package let title: String
    /// Its label at the moment of the decision; `nil` when it has none.
    package let label: SecurityLabel?
    /// Where the label comes from.
    package let origin: LabelOrigin
    /// The circumstances of the label; `nil` when nobody gave it.
    package let assignment: LabelAssignment?
    /// Who answers for it.
    package let owner: Owner?
    /// The person's clearance; `nil` when it could not be read.
    package let clearance: SecurityLabel?
    /// The label's categories that the clearance lacks, by name.
    package let missing: [Category]
    /// How much a refusal may say.
    package let explain: ExplainDepth
    /// The revision of `policies/` that decided.
    package let revision: String
    /// The grant in the question.
    package let grant: String?
    /// What shadow policies would have said; `nil` when none applied.
    package let shadow: ShadowOutcome?
    /// Whether every policy that denies is marked `@overridable`.
    package let isOverridable: Bool
    /// The circumstances that any policy reads: with others the decision would have been the same.
    package let contextRead: ContextAttributes

    init(_ draft: DecisionDraft) {
        self.isAllowed = draft.isAllowed
        self.causes = draft.causes
        self.ground = draft.ground
        self.person = draft.person
        self.action = draft.action
        self.reasons = draft.reasons
        self.permits = draft.permits
        self.errors = draft.errors
        self.flips = draft.flips.relaxations
        self.flipsComplete = draft.flips.isComplete
        self.resource = draft.resource.id
        self.title = draft.resource.title
        self.label = draft.resource.label
        self.origin = draft.resource.origin
        self.assignment = draft.resource.assignment
        self.owner = draft.resource.owner
        self.clearance = draft.clearance
        self.missing = draft.missing
        self.explain = draft.explain
        self.revision = draft.revision
        self.grant = draft.grant
        self.shadow = draft.shadow
        self.isOverridable = draft.isOverridable
        self.contextRead = draft.contextRead
    }
}
