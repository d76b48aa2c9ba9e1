/// Works out what every entity is part of, directly or not.
///
/// A depth-first search with a stack of its own, since chains of parents may be as long as the input is.
struct AncestorSearch {
    private enum State {
        case open
        case done
    }

    /// How many memberships are gone through at most: they grow with the square of a chain.
    static let maximumMemberships = 10_000_000

    /// Fills in the ancestors of all entities.
    ///
    /// - Throws: ``EntitiesError/cycle(_:)``, ``EntitiesError/tooManyMemberships``.
    static func complete(_ entities: inout [EntityUID: Entity]) throws(EntitiesError) {
        var states: [EntityUID: State] = [:]
        var memberships = 0
        for start in Array(entities.keys) where states[start] == nil {
            var stack = [start]
            while let uid = stack.last {
                guard let entity = entities[uid] else {
                    stack.removeLast()
                    continue
                }
                switch states[uid] {
                case nil:
                    states[uid] = .open
                    for parent in entity.parents where entities[parent] != nil {
                        switch states[parent] {
                        case nil: stack.append(parent)
                        case .open: throw .cycle(parent)
                        case .done: break
                        }
                    }
                case .open:
                    let above = entity.parents.compactMap { entities[$0]?.ancestors }.filter { !$0.isEmpty }
                    memberships += above.reduce(entity.parents.count) { $0 + $1.count }
                    guard memberships <= Self.maximumMemberships else { throw .tooManyMemberships }
                    let ancestors = Self.union(of: above, and: entity.parents)
                    // Most entities have no grandparents, and need no new record.
                    if ancestors != entity.ancestors { entities[uid] = entity.with(ancestors: ancestors) }
                    states[uid] = .done
                    stack.removeLast()
                case .done:
                    stack.removeLast()
                }
            }
        }
    }

    /// Adds everything to the largest, which is only copied.
    private static func union(of sets: [Set<EntityUID>], and parents: Set<EntityUID>) -> Set<EntityUID> {
        guard let largest = sets.indices.max(by: { sets[$0].count < sets[$1].count }) else { return parents }
        var union = sets[largest]
        union.formUnion(parents)
        for index in sets.indices where index != largest { union.formUnion(sets[index]) }
        return union
    }
}
