/// Numbers for everything that scopes ask for, so that matching a scope is comparing numbers.
struct ScopeKeys: Sendable {
    /// The keys of one entity: as itself, and as something to be part of.
    struct Pair: Sendable {
        var equal: Int32 = ScopeKeys.none
        var within: Int32 = ScopeKeys.none
    }

    static let none: Int32 = -1
    /// The key of a scope that asks for nothing.
    static let any: Int32 = 0

    private var entities: [EntityUID: Pair] = [:]
    private var types: [EntityTypeName: Int32] = [:]
    private(set) var count: Int32 = 1

    /// The key of a constraint, made if it is new.
    mutating func key(_ constraint: ScopeConstraint) -> Int32 {
        switch constraint {
        case .equal(.entity(let uid)): return self.key(equal: uid)
        case .in(.entity(let uid)), .isIn(_, .entity(let uid)): return self.key(within: uid)
        case .is(let type):
            if let key = self.types[type] { return key }
            self.types[type] = self.count
            return self.next()
        // A slot that nobody filled accepts nothing: a key that no request has.
        case .equal(.slot), .in(.slot), .isIn(_, .slot): return self.next()
        case .any: return ScopeKeys.any
        }
    }

    /// The key of `== uid`.
    mutating func key(equal uid: EntityUID) -> Int32 {
        if let key = self.entities[uid]?.equal, key != ScopeKeys.none { return key }
        let key = self.next()
        self.entities[uid, default: Pair()].equal = key
        return key
    }

    /// The key of `in uid`.
    mutating func key(within uid: EntityUID) -> Int32 {
        if let key = self.entities[uid]?.within, key != ScopeKeys.none { return key }
        let key = self.next()
        self.entities[uid, default: Pair()].within = key
        return key
    }

    private mutating func next() -> Int32 {
        defer { self.count += 1 }
        return self.count
    }

    /// Calls `body` with every key that an entity satisfies.
    @inline(__always)
    func forEachKey(of uid: EntityUID, ancestors: Set<EntityUID>?, _ body: (Int32) -> Void) {
        body(ScopeKeys.any)
        if let pair = self.entities[uid] {
            if pair.equal != ScopeKeys.none { body(pair.equal) }
            if pair.within != ScopeKeys.none { body(pair.within) }
        }
        if !self.types.isEmpty, let key = self.types[uid.type] { body(key) }
        guard let ancestors, !self.entities.isEmpty else { return }
        for ancestor in ancestors {
            if let pair = self.entities[ancestor], pair.within != ScopeKeys.none, ancestor != uid { body(pair.within) }
        }
    }
}
