/// A request of which something is not known yet.
///
/// What is unknown has a type: policies are reduced for one combination of types at a time, which is what lets the
/// reduction use the schema. Where even a type or the action is left open, there is an answer for each combination.
///
/// Source: RFC 95 (type-aware partial evaluation).
public struct PartialRequest: Sendable {
    /// The principal or the resource.
    public enum Part: Hashable, Sendable {
        /// This entity.
        case known(EntityUID)
        /// Some entity of this type; of any type that the schema allows when it is `nil`.
        case unknown(EntityTypeName?)
    }

    /// What is not known of the context, beside what is given.
    public enum OpenContext: Hashable, Sendable {
        /// Nothing: what is given is all there is.
        case nothing
        /// Attributes of these names, which may be there or not.
        case attributes(Set<ExactText>)
        /// Everything that is not given.
        case rest
    }

    /// Who asks.
    public var principal: Part
    /// To do what; `nil` when that is not known.
    public var action: EntityUID?
    /// To what.
    public var resource: Part
    /// What is known of the circumstances.
    public var context: RecordValue
    /// What is not known of them.
    public var openContext: OpenContext

    /// Puts a request together.
    public init(
        principal: Part,
        action: EntityUID?,
        resource: Part,
        context: RecordValue = [:],
        openContext: OpenContext = .nothing
    ) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.context = context
        self.openContext = openContext
    }
}

extension PartialRequest {
    /// Whether the request may turn out to be one of an environment.
    func fits(_ environment: RequestEnvironment) -> Bool {
        (self.action == nil || self.action == environment.action)
            && self.principal.fits(environment.principal) && self.resource.fits(environment.resource)
    }
}

extension PartialRequest.Part {
    /// The entity, if it is known.
    var entity: EntityUID? {
        guard case .known(let uid) = self else { return nil }
        return uid
    }

    fileprivate func fits(_ type: EntityTypeName) -> Bool {
        switch self {
        case .known(let uid): uid.type == type
        case .unknown(nil): true
        case .unknown(let wanted?): wanted == type
        }
    }
}
