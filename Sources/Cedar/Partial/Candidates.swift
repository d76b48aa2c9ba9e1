/// The entities that an unknown can be if a condition is to hold, as far as the condition tells.
enum Candidates: Hashable {
    /// Any entity of the type asked for.
    case all
    /// Only these, and what is in one of the groups.
    case some(entities: Set<EntityUID>, groups: Set<EntityUID>)

    /// Reads off a condition what the variable must equal or be in.
    init(for variable: Variable, in condition: Expression) {
        switch condition.node {
        case .and(let left, let right):
            // Either side's restriction will do; the one that names more precisely is the better.
            let (a, b) = (Candidates(for: variable, in: left), Candidates(for: variable, in: right))
            self = a.isBetter(than: b) ? a : b
        case .or(let left, let right):
            self = Candidates(for: variable, in: left).union(Candidates(for: variable, in: right))
        case .binary(.equal, let left, let right):
            let (subject, other) = left.isVariable(variable) ? (left, right) : (right, left)
            guard subject.isVariable(variable), let uids = other.entities, uids.count == 1 else {
                self = .all
                return
            }
            self = .some(entities: Set(uids), groups: [])
        case .binary(.in, let subject, let groups):
            guard subject.isVariable(variable), let uids = groups.entities else {
                self = .all
                return
            }
            self = .some(entities: Set(uids), groups: Set(uids))
        case .is(let subject, _, in: let groups?):
            guard subject.isVariable(variable), let uids = groups.entities else {
                self = .all
                return
            }
            self = .some(entities: Set(uids), groups: Set(uids))
        case .literal(.bool(false)):
            self = .some(entities: [], groups: [])
        default:
            self = .all
        }
    }

    /// What is in either.
    func union(_ other: Candidates) -> Candidates {
        guard case .some(let mine, let myGroups) = self, case .some(let theirs, let theirGroups) = other else {
            return .all
        }
        return .some(entities: mine.union(theirs), groups: myGroups.union(theirGroups))
    }

    /// Whether this restricts more, by its looks: single entities before groups, groups before everything.
    private func isBetter(than other: Candidates) -> Bool {
        switch (self, other) {
        case (.all, _): false
        case (.some, .all): true
        case (.some(let mine, let myGroups), .some(let theirs, let theirGroups)):
            (myGroups.count, mine.count) < (theirGroups.count, theirs.count)
        }
    }
}

extension Expression {
    fileprivate func isVariable(_ variable: Variable) -> Bool {
        guard case .variable(variable) = self.node else { return false }
        return true
    }

    /// The entities that are named here outright, alone or in a set.
    fileprivate var entities: [EntityUID]? {
        switch self.node {
        case .literal(.entity(let uid)): return [uid]
        case .set(let elements):
            var uids: [EntityUID] = []
            for element in elements {
                guard case .literal(.entity(let uid)) = element.node else { return nil }
                uids.append(uid)
            }
            return uids
        default: return nil
        }
    }
}
