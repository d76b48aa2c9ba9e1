/// What is compared with the reference.
enum Comparison: String, CaseIterable {
    /// Whether everything in the case could be read at all.
    case reading = "reading"
    case decisions = "decisions"
    case reasons = "reasons"
    case errors = "errors"
    case strictValidation = "strict validation"
    case strictMessages = "strict messages"
    case permissiveValidation = "permissive validation"
    case permissiveMessages = "permissive messages"
    case policyJSON = "EST"
    case formattedText = "formatted text"
    case schemaJSON = "schema JSON"
    /// Whether a schema that is written and read again is the same.
    case schemaText = "schema text"
}

/// What comparing a case gave.
struct Outcome {
    /// Comparisons in which the case is equal to the reference.
    private(set) var equal: Set<Comparison> = []
    /// Comparisons in which it is not, with the first difference.
    private(set) var different: [Comparison: String] = [:]

    /// Notes one comparison; any difference outweighs what was equal before.
    mutating func note(_ comparison: Comparison, _ isEqual: Bool, _ difference: @autoclosure () -> String) {
        if isEqual {
            if self.different[comparison] == nil { self.equal.insert(comparison) }
        } else {
            self.equal.remove(comparison)
            if self.different[comparison] == nil { self.different[comparison] = difference() }
        }
    }
}
