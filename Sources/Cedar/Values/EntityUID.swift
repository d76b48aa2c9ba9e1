/// The identity of an entity: its type and its id, written `User::"anna"`.
///
/// A reference to an immutable record whose hash is computed once, since a decision looks identities up many times and
/// makes them rarely. Ids are compared by code points.
public struct EntityUID: Hashable, Sendable, Comparable, CustomStringConvertible {
    private final class Storage: Sendable {
        let type: EntityTypeName
        let id: String
        let hash: Int

        init(type: EntityTypeName, id: String) {
            self.type = type
            self.id = id
            var hasher = Hasher()
            hasher.combine(type)
            hasher.combine(id)
            self.hash = hasher.finalize()
        }
    }

    private let storage: Storage

    /// Puts a type and an id together; any text is an id.
    public init(type: EntityTypeName, id: String) {
        self.storage = Storage(type: type, id: id)
    }

    /// The entity's type.
    public var type: EntityTypeName { self.storage.type }

    /// The entity's id, unescaped.
    public var id: String { self.storage.id }

    /// The written form, `Type::"id"` with the id escaped.
    public var description: String {
        "\(self.type)::\(Escapes.quoted(self.id))"
    }

    /// Whether both are the same type and the same code points.
    public static func == (a: EntityUID, b: EntityUID) -> Bool {
        if a.storage === b.storage { return true }
        return a.storage.hash == b.storage.hash && a.storage.id.isExactly(b.storage.id)
            && a.storage.type == b.storage.type
    }

    /// Hashes the hash.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.storage.hash)
    }

    /// By type, then by id.
    public static func < (a: EntityUID, b: EntityUID) -> Bool {
        a.type == b.type ? a.id.precedesExactly(b.id) : a.type < b.type
    }
}
