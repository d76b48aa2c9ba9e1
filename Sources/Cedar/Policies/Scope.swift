/// A hole in a template, filled with an entity by a link.
public enum Slot: String, Hashable, Sendable, CaseIterable, Comparable {
    /// `?principal`
    case principal = "?principal"
    /// `?resource`
    case resource = "?resource"

    /// Alphabetical.
    public static func < (a: Slot, b: Slot) -> Bool { a.rawValue < b.rawValue }
}

/// An entity named in a scope: outright, or by a slot that a link fills.
public enum EntityReference: Hashable, Sendable {
    /// An entity.
    case entity(EntityUID)
    /// A slot; only in templates.
    case slot(Slot)

    /// The entity, unless it is a slot.
    public var entity: EntityUID? {
        guard case .entity(let uid) = self else { return nil }
        return uid
    }
}

/// What a policy's scope asks of the principal, or of the resource.
public enum ScopeConstraint: Hashable, Sendable {
    /// Nothing.
    case any
    /// `== E`
    case equal(EntityReference)
    /// `in E`
    case `in`(EntityReference)
    /// `is T`
    case `is`(EntityTypeName)
    /// `is T in E`
    case isIn(EntityTypeName, EntityReference)

    /// The entity or slot that it names.
    public var reference: EntityReference? {
        switch self {
        case .any, .is: nil
        case .equal(let reference), .in(let reference), .isIn(_, let reference): reference
        }
    }

    /// The slot that it names.
    public var slot: Slot? {
        guard case .slot(let slot)? = self.reference else { return nil }
        return slot
    }

    /// The same constraint about an entity instead of a slot.
    func filled(with uid: EntityUID) -> ScopeConstraint {
        guard self.slot != nil else { return self }
        switch self {
        case .any, .is: return self
        case .equal: return .equal(.entity(uid))
        case .in: return .in(.entity(uid))
        case .isIn(let type, _): return .isIn(type, .entity(uid))
        }
    }
}

/// What a policy's scope asks of the action.
public enum ActionConstraint: Hashable, Sendable {
    /// Nothing.
    case any
    /// `== A`
    case equal(EntityUID)
    /// `in A`
    case `in`(EntityUID)
    /// `in [A, B]`
    case inAny([EntityUID])

    /// The actions that it names.
    public var actions: [EntityUID] {
        switch self {
        case .any: []
        case .equal(let uid), .in(let uid): [uid]
        case .inAny(let uids): uids
        }
    }
}
