/// An entity: who or what it is, what it is part of, and what is known about it.
///
/// A reference to an immutable record, so that handing one to a decision copies nothing.
public struct Entity: Hashable, Sendable {
    private final class Storage: Sendable {
        let uid: EntityUID
        let attributes: RecordValue
        let tags: RecordValue
        let parents: Set<EntityUID>
        let ancestors: Set<EntityUID>

        init(
            uid: EntityUID,
            attributes: RecordValue,
            tags: RecordValue,
            parents: Set<EntityUID>,
            ancestors: Set<EntityUID>
        ) {
            self.uid = uid
            self.attributes = attributes
            self.tags = tags
            self.parents = parents
            self.ancestors = ancestors
        }
    }

    private let storage: Storage

    /// Puts an entity together; its ancestors are its parents until it is added to ``Entities``.
    public init(
        uid: EntityUID,
        attributes: RecordValue = [:],
        tags: RecordValue = [:],
        parents: some Sequence<EntityUID> = []
    ) {
        let parents = Set(parents)
        self.storage = Storage(uid: uid, attributes: attributes, tags: tags, parents: parents, ancestors: parents)
    }

    private init(_ entity: Entity, ancestors: Set<EntityUID>) {
        self.storage = Storage(
            uid: entity.uid,
            attributes: entity.attributes,
            tags: entity.tags,
            parents: entity.parents,
            ancestors: ancestors
        )
    }

    /// Its identity.
    public var uid: EntityUID { self.storage.uid }

    /// Its attributes.
    public var attributes: RecordValue { self.storage.attributes }

    /// Its tags, whose names are made up at run time.
    public var tags: RecordValue { self.storage.tags }

    /// What it is directly part of.
    public var parents: Set<EntityUID> { self.storage.parents }

    /// What it is part of, directly or not; complete only for an entity that came out of ``Entities``.
    public var ancestors: Set<EntityUID> { self.storage.ancestors }

    /// The same entity, known to be part of `ancestors`.
    func with(ancestors: Set<EntityUID>) -> Entity {
        Entity(self, ancestors: ancestors)
    }

    /// Whether it is `other`, or part of it.
    public func isIn(_ other: EntityUID) -> Bool {
        self.uid == other || self.ancestors.contains(other)
    }

    /// Whether both are the same and the same is known about them.
    public static func == (a: Entity, b: Entity) -> Bool {
        a.storage === b.storage
            || a.uid == b.uid && a.attributes == b.attributes && a.tags == b.tags && a.parents == b.parents
    }

    /// Hashes the identity.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.uid)
    }
}
