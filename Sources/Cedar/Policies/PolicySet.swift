/// Policies and templates under their ids, in the order in which they were added.
public struct PolicySet: Sendable {
    /// The policies: written out, and linked.
    public private(set) var policies: [Policy] = []
    /// The templates.
    public private(set) var templates: [Template] = []
    private var policyIndex: [PolicyID: Int] = [:]
    private var templateIndex: [PolicyID: Int] = [:]

    /// A set without policies.
    public init() {}

    /// The policy with an id.
    public func policy(_ id: PolicyID) -> Policy? {
        self.policyIndex[id].map { self.policies[$0] }
    }

    /// The template with an id.
    public func template(_ id: PolicyID) -> Template? {
        self.templateIndex[id].map { self.templates[$0] }
    }

    /// Adds a policy.
    ///
    /// - Throws: ``PolicySetError/duplicateID(_:)``.
    public mutating func add(_ policy: Policy) throws(PolicySetError) {
        try self.claim(policy.id)
        self.policyIndex[policy.id] = self.policies.count
        self.policies.append(policy)
    }

    /// Adds a template.
    ///
    /// - Throws: ``PolicySetError/duplicateID(_:)``.
    public mutating func add(_ template: Template) throws(PolicySetError) {
        try self.claim(template.id)
        self.templateIndex[template.id] = self.templates.count
        self.templates.append(template)
    }

    /// Adds a policy made from a template.
    ///
    /// - Parameters:
    ///   - template: A template of this set.
    ///   - id: The new policy's id.
    ///   - values: One entity for each of the template's slots, and for nothing else.
    /// - Throws: ``PolicySetError`` when the template is unknown, the id taken, or the values don't fit the slots.
    public mutating func link(
        template: PolicyID,
        as id: PolicyID,
        values: [Slot: EntityUID]
    ) throws(PolicySetError) {
        guard let body = self.template(template) else {
            throw self.policyIndex[template] == nil ? .unknownTemplate(template) : .notATemplate(template)
        }
        for slot in body.rule.slots where values[slot] == nil { throw .missingValue(slot, of: template) }
        for slot in values.keys.sorted() where !body.rule.slots.contains(slot) { throw .extraValue(slot, of: template) }
        let link = Policy.Link(template: template, values: values)
        try self.add(Policy(id: id, rule: body.rule.filled(with: values), link: link))
    }

    private func claim(_ id: PolicyID) throws(PolicySetError) {
        guard self.policyIndex[id] == nil, self.templateIndex[id] == nil else { throw .duplicateID(id) }
    }
}

/// Why a policy, template or link can't be added to a set.
public enum PolicySetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The id is taken.
    case duplicateID(PolicyID)
    /// There is no such template.
    case unknownTemplate(PolicyID)
    /// The id names a policy without slots.
    case notATemplate(PolicyID)
    /// The link leaves a slot open.
    case missingValue(Slot, of: PolicyID)
    /// The link fills a slot that the template doesn't have.
    case extraValue(Slot, of: PolicyID)

    /// One line for people.
    public var description: String {
        switch self {
        case .duplicateID(let id): "the id `\(id)` is used twice; give one of the policies another `@id`"
        case .unknownTemplate(let id): "unknown template `\(id)`"
        case .notATemplate(let id): "policy `\(id)` has no slots, expected a template"
        case .missingValue(let slot, let id): "no value for slot `\(slot.rawValue)` of template `\(id)`"
        case .extraValue(let slot, let id): "a value for slot `\(slot.rawValue)`, which template `\(id)` doesn't have"
        }
    }
}
