/// What conditions read of a request: which attributes of the principal, action, resource and context.
///
/// Static, so it may name more than an evaluation looks at, and never less. Two requests that agree on it are decided alike, which is
/// what a cache of decisions needs to know.
public struct ReadSet: Hashable, Sendable {
    /// Attributes by the names that lead to them, such as `context.grant.rank`; the shortest name stands for all longer ones.
    public private(set) var paths: [Variable: Set<[ExactText]>] = [:]

    /// A set of nothing.
    public init() {}

    /// What a rule's conditions read.
    public init(_ rule: Rule) {
        for condition in rule.conditions { self.add(condition.expression) }
    }

    /// What the conditions of a whole set read.
    public init(_ set: PolicySet) {
        for policy in set.policies { self.formUnion(ReadSet(policy.rule)) }
    }

    /// Adds what another set has.
    public mutating func formUnion(_ other: ReadSet) {
        for (variable, paths) in other.paths { self.paths[variable, default: []].formUnion(paths) }
    }

    /// The names directly under a variable that are read; empty when it is not read, `nil` when it is read as a whole.
    public func attributes(of variable: Variable) -> Set<ExactText>? {
        let paths = self.paths[variable] ?? []
        guard !paths.contains([]) else { return nil }
        return Set(paths.compactMap(\.first))
    }

    /// Whether an attribute is read, or anything that it is a part of or that is a part of it.
    public func reads(_ variable: Variable, _ path: [ExactText]) -> Bool {
        (self.paths[variable] ?? []).contains { $0.starts(with: path) || path.starts(with: $0) }
    }

    private mutating func add(_ expression: Expression) {
        if let (variable, path) = Self.path(expression) {
            self.paths[variable, default: []].insert(path)
            return
        }
        if case .has(let object, let names) = expression.node, let (variable, path) = Self.path(object) {
            self.paths[variable, default: []].insert(path + names.map { ExactText($0) })
            return
        }
        for child in expression.children { self.add(child) }
    }

    /// The variable and the names of an expression such as `context.grant.rank`.
    private static func path(_ expression: Expression) -> (Variable, [ExactText])? {
        switch expression.node {
        case .variable(let variable): return (variable, [])
        case .attribute(let object, let name):
            guard let (variable, path) = self.path(object) else { return nil }
            return (variable, path + [ExactText(name)])
        default: return nil
        }
    }
}
