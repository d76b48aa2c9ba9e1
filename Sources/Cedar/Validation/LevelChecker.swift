/// Finds how many dereferences in a row a policy needs to reach what it asks about.
///
/// A caller that must load entities before asking can load, for level `n`, what is `n` references away from the request,
/// and know that no policy misses anything.
///
/// Source: RFC 76.
struct LevelChecker {
    /// Dereferences allowed.
    let maximum: Int
    /// The request's action, the one entity that may be named and dereferenced.
    let action: EntityUID
    private(set) var findings: [Typechecker.Finding] = []
    /// What has been checked: levels lead through the same parts more than once, and parts in parts would double the time.
    private var checked: Set<ObjectIdentifier> = []

    init(maximum: Int, action: EntityUID) {
        self.maximum = maximum
        self.action = action
    }

    /// Checks every dereference in a sound expression.
    mutating func check(_ expression: TypedExpression) {
        guard self.checked.insert(ObjectIdentifier(expression)).inserted else { return }
        switch expression.form {
        case .binary(.hasTag), .binary(.getTag), .binary(.in):
            self.checkDereference(of: expression.children[0], in: expression)
            self.check(expression.children[1])
        case .isIn:
            self.check(expression.children[0])
            self.checkDereference(of: expression.children[0], in: expression)
            self.check(expression.children[1])
        case .hasPath(let steps):
            self.check(steps, of: expression.children[0], in: expression)
        case .attribute, .has:
            guard expression.children[0].type?.isEntity == true else {
                return self.check(expression.children[0])
            }
            self.checkDereference(of: expression.children[0], in: expression)
        default:
            for child in expression.children { self.check(child) }
        }
    }

    private mutating func checkDereference(of target: TypedExpression, in expression: TypedExpression) {
        self.note(self.level(of: target, path: []), expression)
    }

    private mutating func note(_ level: Int, _ expression: TypedExpression) {
        guard level >= self.maximum else { return }
        self.report(.levelExceeded(level: level + 1, maximum: self.maximum), expression)
    }

    /// Checks a path of attributes: every entity on it is looked up, the one nearest before it being one reference closer.
    private mutating func check(_ steps: [TypedExpression.Step], of target: TypedExpression, in test: TypedExpression) {
        if !steps[0].isOfEntity { self.check(target) }
        var path: [String] = []
        var nearest: Int?
        for step in steps {
            if step.isOfEntity {
                let level = nearest.map { $0 + 1 } ?? self.level(of: target, path: path.reversed())
                self.note(level, test)
                nearest = level
            }
            path.append(step.name)
        }
    }

    /// How many dereferences it takes to get at an entity.
    ///
    /// - Parameters:
    ///   - target: What gives the entity.
    ///   - path: Attributes read from the records around the entity, the outermost last.
    /// - Returns: The number; 0 for what is part of the request.
    private mutating func level(of target: TypedExpression, path: [String]) -> Int {
        switch target.form {
        case .variable:
            return 0
        case .slot:
            self.report(.literalDereference, target)
            return 0
        case .literal(.entity(let uid)):
            if uid != self.action { self.report(.literalDereference, target) }
            return 0
        case .conditional:
            self.check(target.children[0])
            guard target.children[1] !== target.children[2] else {
                return self.level(of: target.children[1], path: path)
            }
            return max(self.level(of: target.children[1], path: path), self.level(of: target.children[2], path: path))
        case .attribute(let name):
            guard target.children[0].type?.isEntity == true else {
                return self.level(of: target.children[0], path: path + [name])
            }
            return self.level(of: target.children[0], path: path) + 1
        case .binary(.getTag):
            let level = self.level(of: target.children[0], path: path)
            self.check(target.children[1])
            return level + 1
        case .record(let names):
            var level = 0
            for (name, child) in zip(names, target.children) {
                if let wanted = path.last, wanted.isExactly(name) {
                    level = self.level(of: child, path: path.dropLast())
                } else {
                    self.check(child)
                }
            }
            return level
        default:
            // No other form gives an entity or a record around one.
            return 0
        }
    }

    private mutating func report(_ problem: ValidationProblem, _ expression: TypedExpression) {
        self.findings.append(Typechecker.Finding(problem: problem, span: expression.span))
    }
}
