/// The question whether a principal may do something to a resource, under some circumstances.
public struct Request: Hashable, Sendable {
    /// Who asks.
    public var principal: EntityUID
    /// To do what.
    public var action: EntityUID
    /// To what.
    public var resource: EntityUID
    /// Under which circumstances.
    public var context: RecordValue

    /// Puts a question together.
    public init(principal: EntityUID, action: EntityUID, resource: EntityUID, context: RecordValue = [:]) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.context = context
    }
}
