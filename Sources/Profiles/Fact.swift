/// What the upstream answered to a look-up.
package enum Fact: Hashable, Sendable {
    /// The thing exists, and has these fields; only those that the profile reads.
    case fields([String: String])

    /// The upstream says that there is no such thing.
    case absent

    /// The upstream could not be asked, or its answer was not understood: nothing may be concluded from it.
    case unknown(status: Int)
}

/// The facts fetched so far for one request.
package struct MetadataFacts: Sendable {
    private var facts: [MetadataQuery: Fact]

    /// Starts from what a cache knows already.
    package init(_ facts: [MetadataQuery: Fact] = [:]) {
        self.facts = facts
    }

    /// What is known about a look-up; `nil` when it has not been made.
    package subscript(query: MetadataQuery) -> Fact? {
        get { self.facts[query] }
        set { self.facts[query] = newValue }
    }
}
