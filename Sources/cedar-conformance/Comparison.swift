/// What is compared with the reference.
enum Comparison: String, CaseIterable {
    /// Whether everything in the case could be read at all.
    case reading = "reading"
    case decisions = "decisions"
    case reasons = "reasons"
    case errors = "errors"
    /// Whether a partial answer, completed, gives the reference's decision, and decides nothing else before.
    case partialEvaluation = "partial evaluation"
    case strictValidation = "strict validation"
    case strictMessages = "strict messages"
    case permissiveValidation = "permissive validation"
    case permissiveMessages = "permissive messages"
    /// Whether requests that the reference takes as valid are valid here.
    case requestValidation = "request validation"
    /// Whether entities, all of which the reference takes as valid, are valid here.
    case entityValidation = "entity validation"
    case policyJSON = "EST"
    case formattedText = "formatted text"
    case schemaJSON = "schema JSON"
    /// Whether a schema that is written and read again is the same.
    case schemaText = "schema text"
}

/// What comparing a case gave.
struct Outcome {
    /// How often something was compared, and how often it was equal.
    struct Count {
        var equal = 0
        var total = 0
    }

    private(set) var counts: [Comparison: Count] = [:]
    /// The first difference in each comparison that had one.
    private(set) var differences: [Comparison: String] = [:]

    /// Counts one comparison.
    mutating func note(_ comparison: Comparison, _ isEqual: Bool, _ difference: @autoclosure () -> String) {
        self.counts[comparison, default: Count()].total += 1
        if isEqual {
            self.counts[comparison, default: Count()].equal += 1
        } else if self.differences[comparison] == nil {
            self.differences[comparison] = difference()
        }
    }
}
