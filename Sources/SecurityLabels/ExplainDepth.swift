/// How much a refusal may say about a resource of a level.
///
/// A refusal that explains itself helps the honest and informs the curious; which weighs more is the company's decision,
/// per level.
public enum ExplainDepth: String, Hashable, CaseIterable, Sendable {
    /// Everything: failed conditions with their values, the missing categories, what would make it an allow.
    case full

    /// Which kind of condition failed, who owns the data and how to ask; neither categories nor flips.
    case owner

    /// Nothing but the decision's id, in the same words as for what does not exist.
    case idOnly = "id-only"
}
