import Cedar

/// The policies in force, prepared: all of them to decide, those that depend on the label to look for flips, and those in shadow.
struct RuleBook: Sendable {
    /// A prepared set with what we know of each policy, in the same order.
    struct Chapter: Sendable {
        let authorizer: Authorizer
        let rules: [RuleInForce]

        init(_ policies: [Policy], _ known: [PolicyID: RuleInForce]) {
            var set = PolicySet()
            // Ids were found to be different when they were read.
            for policy in policies where known[policy.id] != nil { try? set.add(policy) }
            self.authorizer = Authorizer(set)
            self.rules = self.authorizer.policies.compactMap { known[$0.id] }
        }
    }

    /// Every policy that decides.
    let enforced: Chapter
    /// Those of them that depend on the resource's label.
    let aboutLabels: Chapter
    /// Those that are only watched; `nil` when there are none.
    let shadow: Chapter?
    /// The circumstances that any of them reads.
    let contextRead: ContextAttributes

    init(_ reader: PolicyReader) {
        self.enforced = Chapter(reader.enforced.policies, reader.rules)
        self.aboutLabels = Chapter(
            reader.enforced.policies.filter { reader.rules[$0.id]?.reads.label == true },
            reader.rules
        )
        let watched = reader.shadow.policies
        self.shadow = watched.isEmpty ? nil : Chapter(watched, reader.rules)
        self.contextRead = (self.enforced.rules + (self.shadow?.rules ?? [])).reduce([]) { $0.union($1.reads.context) }
    }
}
