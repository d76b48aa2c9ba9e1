/// Everything known about entities, with what each is part of worked out in advance.
///
/// A value: adding makes another store. For a single question, ``overlaid(by:_:)`` puts up to two prepared entities on top without
/// copying anything.
public struct Entities: Sendable, Sequence {
    private var entities: [EntityUID: Entity] = [:]
    private var first: Entity?
    private var second: Entity?

    /// A store without entities.
    public init() {}

    /// Takes in entities and works out their ancestors.
    ///
    /// Parents that are not among them are taken to have no parents of their own.
    ///
    /// - Throws: ``EntitiesError`` when one is given twice with different contents, or is its own ancestor.
    public init(_ entities: some Sequence<Entity>) throws(EntitiesError) {
        try self.add(entities)
    }

    /// Takes in more entities and works out ancestors anew where they change.
    ///
    /// - Throws: ``EntitiesError`` when one is given twice with different contents, or is its own ancestor.
    public mutating func add(_ more: some Sequence<Entity>) throws(EntitiesError) {
        var joined = self.entities
        for entity in more {
            if let known = joined[entity.uid] {
                guard known.attributes == entity.attributes, known.tags == entity.tags, known.parents == entity.parents
                else {
                    throw .duplicate(entity.uid)
                }
                continue
            }
            joined[entity.uid] = entity
        }
        try AncestorSearch.complete(&joined)
        self.entities = joined
    }

    /// The entity with an identity.
    public func entity(_ uid: EntityUID) -> Entity? {
        if let first, first.uid == uid { return first }
        if let second, second.uid == uid { return second }
        return self.entities[uid]
    }

    /// How many entities there are, without those on top.
    public var count: Int { self.entities.count }

    /// The entities, in no order, without those on top.
    public func makeIterator() -> Dictionary<EntityUID, Entity>.Values.Iterator {
        self.entities.values.makeIterator()
    }

    /// The same entity with its ancestors worked out from this store, ready to be laid on top.
    public func resolved(_ entity: Entity) -> Entity {
        var ancestors = entity.parents
        for parent in entity.parents { ancestors.formUnion(self.entity(parent)?.ancestors ?? []) }
        return entity.with(ancestors: ancestors)
    }

    /// This store with one or two entities on top, hiding what it knows of them; nothing is copied.
    ///
    /// Their ancestors must be worked out, see ``resolved(_:)``; what is on top is not seen as an ancestor of what lies below.
    public func overlaid(by first: Entity?, _ second: Entity? = nil) -> Entities {
        var overlaid = self
        overlaid.first = first
        overlaid.second = second
        return overlaid
    }
}

/// Why entities can't be taken in.
public enum EntitiesError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Given twice, with different contents.
    case duplicate(EntityUID)
    /// Part of itself.
    case cycle(EntityUID)
    /// What everything is part of, directly or not, is more than can be held.
    case tooManyMemberships

    /// One line for people.
    public var description: String {
        switch self {
        case .duplicate(let uid): "entity `\(uid)` is given twice with different contents"
        case .cycle(let uid): "entity `\(uid)` is its own ancestor"
        case .tooManyMemberships:
            "entities are part of each other more than \(AncestorSearch.maximumMemberships) times, directly or not; "
                + "shorten the chains of parents"
        }
    }
}
