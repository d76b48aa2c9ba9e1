/// One thing a request wants to do: an action on a resource.
///
/// A request means one or more questions, all of which must be allowed. Who asks is not part of it.
package struct Question: Hashable, Sendable {
    /// One of the actions of the policy schema, for example `read`, `write` or `infer`.
    package var action: String

    /// What it is done to.
    package var resource: ResourceReference

    /// Asks to do `action` to `resource`.
    package init(action: String, resource: ResourceReference) {
        self.action = action
        self.resource = resource
    }
}
