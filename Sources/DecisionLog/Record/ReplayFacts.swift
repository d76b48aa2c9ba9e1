package import TransparencyLog

/// What is needed to ask the same question again under other policies or labels.
package struct ReplayFacts: Hashable, Sendable {
    /// Where the person's groups and attributes are written.
    package var person: FactsReference?
    /// The context as far as policies read it.
    package var context: [String: JSONValue]

    package init(person: FactsReference? = nil, context: [String: JSONValue] = [:]) {
        self.person = person
        self.context = context
    }
}

/// A person's groups and attributes, written once and referred to by many records.
///
/// They repeat with every request of the person, and are longer than all the rest of a record.
package struct PersonFacts: Hashable, Sendable {
    /// The stable ids of the person's groups, nested ones included.
    package var groups: [String]
    /// The attributes that policies or clearances read.
    package var attributes: [String: [String]]
    /// The clearance, as a marking.
    package var clearance: String?

    package init(groups: [String] = [], attributes: [String: [String]] = [:], clearance: String? = nil) {
        self.groups = groups
        self.attributes = attributes
        self.clearance = clearance
    }

    /// How long the written form may be, in bytes; a person in ten thousand groups fits.
    static let maximumBytes = 524_288

    /// The same as far as it fits: without attributes, and with the first groups only.
    ///
    /// The attribute `short` says how many there were: a decision that rests on what was left out cannot be replayed.
    var fitted: PersonFacts {
        guard RecordEncoding.personFacts(self).count > Self.maximumBytes else { return self }
        var fitted = self
        fitted.attributes = ["short": ["\(self.groups.count) groups, \(self.attributes.count) attributes"]]
        fitted.clearance = self.clearance.map(PreparedDecision.short)
        fitted.groups = []
        var room = Self.maximumBytes / 2
        for group in self.groups {
            let short = PreparedDecision.short(group)
            // A byte takes at most six in JSON, and a text its quotes and a comma.
            room -= 6 * short.utf8.count + 3
            guard room > 0 else { break }
            fitted.groups.append(short)
        }
        return fitted
    }
}

/// The entry that holds a ``PersonFacts``, named by its leaf hash.
///
/// The leaf holds a salted commitment and not the facts, so that the reference says nothing once they are erased.
package struct FactsReference: Hashable, Sendable {
    package var leaf: LogHash

    package init(leaf: LogHash) { self.leaf = leaf }
}
