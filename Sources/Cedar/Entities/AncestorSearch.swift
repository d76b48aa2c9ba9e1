/// Works out what every entity is part of, directly or not.
///
/// A depth-first search with a stack of its own, since chains of parents may be as long as the input is.
struct AncestorSearch {
    private enum State {
        case open
        case done
    }

    /// Fills in the ancestors of all entities.
    ///
    /// - Throws: ``EntitiesError/cycle(_:)``.
    static func complete(_ entities: inout [EntityUID: Entity]) throws(EntitiesError) {
        var states: [EntityUID: State] = [:]
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
                    var ancestors = entity.parents
                    for parent in entity.parents { ancestors.formUnion(entities[parent]?.ancestors ?? []) }
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
}
