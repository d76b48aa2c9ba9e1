/// The name of a policy or template within its set.
public struct PolicyID: Hashable, Sendable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// Any text.
    public let text: String

    /// Wraps a text.
    public init(_ text: String) { self.text = text }

    /// Wraps a literal.
    public init(stringLiteral value: String) { self.text = value }

    /// The text.
    public var description: String { self.text }

    /// Compared by code points.
    public static func == (a: PolicyID, b: PolicyID) -> Bool { a.text.isExactly(b.text) }

    /// Ordered by code points.
    public static func < (a: PolicyID, b: PolicyID) -> Bool { a.text.precedesExactly(b.text) }

    /// Hashes the text.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.text) }
}

/// One policy: a rule without slots, written so or made from a template.
@dynamicMemberLookup
public struct Policy: Hashable, Sendable {
    /// Where a policy made from a template comes from.
    public struct Link: Hashable, Sendable {
        /// The template.
        public let template: PolicyID
        /// What its slots were filled with.
        public let values: [Slot: EntityUID]
    }

    /// The policy's name.
    public let id: PolicyID
    /// What it says.
    public let rule: Rule
    /// The template it was made from; `nil` for a policy written out.
    public let link: Link?

    /// A policy written out.
    ///
    /// Fails, giving `nil`, when the rule has slots, which makes it a ``Template``.
    public init?(id: PolicyID, rule: Rule) {
        guard rule.slots.isEmpty else { return nil }
        self.id = id
        self.rule = rule
        self.link = nil
    }

    init(id: PolicyID, rule: Rule, link: Link) {
        self.id = id
        self.rule = rule
        self.link = link
    }

    /// What the rule says.
    public subscript<Member>(dynamicMember member: KeyPath<Rule, Member>) -> Member {
        self.rule[keyPath: member]
    }
}

/// A rule with slots; it decides nothing until links fill them.
@dynamicMemberLookup
public struct Template: Hashable, Sendable {
    /// The template's name.
    public let id: PolicyID
    /// What it says.
    public let rule: Rule

    /// Names a rule.
    public init(id: PolicyID, rule: Rule) {
        self.id = id
        self.rule = rule
    }

    /// What the rule says.
    public subscript<Member>(dynamicMember member: KeyPath<Rule, Member>) -> Member {
        self.rule[keyPath: member]
    }
}
