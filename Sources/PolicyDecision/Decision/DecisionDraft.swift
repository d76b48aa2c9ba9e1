import Catalog
import DecisionLog
import SecurityLabels

/// An ``AccessDecision`` while it is being made: a deny for no reason, until something is found.
struct DecisionDraft {
    var isAllowed = false
    var causes: Causes = []
    var ground = DecisionGround.policies
    var person: String
    var action: String
    var reasons: [PolicyReason] = []
    var permits: [String] = []
    var errors: [String] = []
    var flips = FlipSearch.Outcome.none
    var resource: LabelledResource
    var clearance: SecurityLabel?
    var missing: [Category] = []
    var explain: ExplainDepth
    var revision: String
    var grant: String?
    var shadow: ShadowOutcome?
    var isOverridable = false
    var contextRead: ContextAttributes
}
