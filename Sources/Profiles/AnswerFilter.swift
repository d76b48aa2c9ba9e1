package import Catalog

/// What cuts a list answer down to what the person may see.
///
/// Its effort is bounded by ``limit`` and by ``maximumLookUps``, and whatever it does not understand fails: an answer that
/// could not be filtered is not shown.
package protocol AnswerFilter: Sendable {
    /// The longest answer that is held and filtered, in bytes; a longer one fails.
    var limit: Int { get }

    /// Which page of the list the client asks for; `nil` when the answer is no list that comes in pages.
    var pages: ListPages? { get }

    /// Removes what is not permitted.
    ///
    /// - Parameters:
    ///   - body: The answer, whole and not encoded.
    ///   - known: The facts fetched so far; those that are missing are asked for.
    ///   - permits: Whether the person may do this; it is called at most once for each distinct question of a pass.
    /// - Returns: What is left of the answer, what is still missing, or why it is not shown.
    func apply(to body: [UInt8], known: MetadataFacts, permits: (Question) -> Bool) -> FilteredAnswer
}

extension AnswerFilter {
    /// Up to how many look-ups one answer may need.
    package var maximumLookUps: Int { 400 }

    /// The answer comes as a whole.
    package var pages: ListPages? { nil }
}

/// What became of a list answer.
package enum FilteredAnswer: Sendable {
    /// The original bytes without the elements that are not permitted, and how many of those there were.
    case filtered([UInt8], removed: Int)

    /// The upstream knows what the elements are about: ask it these, and apply the filter again.
    case needsMetadata([MetadataQuery])

    /// The answer must not be shown.
    case failed(FilterFailure)
}

/// Why a list answer could not be filtered, and so is not shown.
package enum FilterFailure: Error, Hashable, CustomStringConvertible {
    /// The answer is longer than the filter's limit in bytes.
    case tooLong(limit: Int)

    /// The answer is not what the service answers on this route.
    case malformed(String)

    /// What an element is about could not be looked up.
    case unknown(String)

    /// So many look-ups would be needed.
    case tooManyLookUps(limit: Int)

    /// So many pages of the service were looked through, and more would have to be.
    case tooManyPages(limit: Int)

    /// One line for people.
    package var description: String {
        switch self {
        case .tooLong(let limit):
            "the service's answer is longer than the \(limit) bytes that can be filtered, ask for fewer at a time"
        case .malformed(let reason):
            "the service's answer was not understood: \(reason)"
        case .unknown(let what):
            "what the answer is about could not be looked up: \(what)"
        case .tooManyLookUps(let limit):
            "the answer would need more than \(limit) look-ups to be filtered, ask for fewer at a time"
        case .tooManyPages(let limit):
            "more than \(limit) pages would have to be looked through, narrow the search with a filter"
        }
    }
}
