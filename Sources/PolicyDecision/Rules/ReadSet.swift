import Cedar

/// What a policy looks at, read off its text.
///
/// Errs on the side of more: what is not plainly independent of the label counts as depending on it. That only ever costs evaluations,
/// and never leaves a policy out that a lower label would have changed.
struct ReadSet: Hashable, Sendable {
    /// Whether it may depend on the resource's level or categories.
    var label = false
    /// Whether it looks at who asks.
    var principal = false
    /// The circumstances it looks at.
    var context: ContextAttributes = []

    /// Reads a policy.
    init(of rule: Rule) {
        if let entity = rule.resource.reference?.entity { self.label = EntityProjection.isPartOfLabel(entity.type) }
        if rule.principal != .any { self.principal = true }
        for condition in rule.conditions { self.read(condition.expression) }
    }

    /// The walk recurses, as the parser that bounds the depth did.
    private mutating func read(_ expression: Expression) {
        switch expression.node {
        case .variable(let variable):
            self.read(variable)
        case .attribute(let object, let name):
            if case .variable(let variable) = object.node { self.read(name, of: variable) } else { self.read(object) }
        case .has(let object, let names):
            if case .variable(let variable) = object.node, let name = names.first {
                self.read(name, of: variable)
            } else {
                self.read(object)
            }
        case .is(let object, _, let group) where object.node == .variable(.resource):
            if let group { self.readMembership(in: group) }
        case .binary(.in, let object, let group) where object.node == .variable(.resource):
            self.readMembership(in: group)
        case .binary(.equal, let object, let other) where object.node == .variable(.resource),
            .binary(.notEqual, let object, let other) where object.node == .variable(.resource):
            // Which thing it is does not change with its label.
            self.read(other)
        default:
            for child in expression.children { self.read(child) }
        }
    }

    private mutating func read(_ variable: Variable) {
        switch variable {
        case .principal: self.principal = true
        case .resource: self.label = true
        case .context: self.context = .all
        case .action: break
        }
    }

    private mutating func read(_ name: String, of variable: Variable) {
        switch variable {
        case .principal: self.principal = true
        case .resource: if EntityProjection.labelAttributes.contains(name) { self.label = true }
        case .context: self.context.formUnion(ContextAttributes(name: name) ?? .all)
        case .action: break
        }
    }

    /// `resource in group`: depends on the label when the group is a level or a category, or is not written out.
    private mutating func readMembership(in group: Expression) {
        switch group.node {
        case .literal(.entity(let uid)):
            if EntityProjection.isPartOfLabel(uid.type) { self.label = true }
        case .set(let elements):
            for element in elements { self.readMembership(in: element) }
        default:
            self.label = true
            self.read(group)
        }
    }
}
