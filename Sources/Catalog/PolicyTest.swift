package import SecurityLabels

/// One expectation under `policies/tests/`: who asks for what, and what the answer must be.
///
/// Tests run whenever policies are checked, so that a change that opens or closes a door unasked is seen before it is in
/// force.
package struct PolicyTest: Hashable, Sendable {
    /// The person who asks, as far as policies can see them; no directory is asked.
    package struct Principal: Hashable, Sendable {
        /// The login name.
        package var name: String
        /// Groups by name or distinguished name, nested ones included.
        package var groups: [String]
        /// Directory attributes that the configuration reads.
        package var attributes: [String: [String]]
        /// The clearance; `nil` when the clearance rules shall say.
        package var clearance: SecurityLabel?

        /// Describes who asks.
        package init(
            name: String,
            groups: [String] = [],
            attributes: [String: [String]] = [:],
            clearance: SecurityLabel? = nil
        ) {
            self.name = name
            self.groups = groups
            self.attributes = attributes
            self.clearance = clearance
        }
    }

    /// What is asked for: a catalog entry, or a thing in a service.
    package enum Target: Hashable, Sendable {
        /// The entry with this id.
        case entry(String)
        /// What the catalog makes of this reference.
        case reference(ResourceReference)
    }

    /// What it shows, in words.
    package var name: String
    /// Who asks.
    package var principal: Principal
    /// The action.
    package var action: String
    /// The resource.
    package var target: Target
    /// Values of context attributes, as text; those not named take their defaults.
    package var context: [String: String]
    /// Whether it must be allowed.
    package var allowed: Bool
    /// The ids of exactly the policies that must determine the answer; `nil` when any may.
    package var because: Set<String>?
    /// Where the test is written.
    package var position: SourcePosition

    /// States an expectation.
    package init(
        name: String,
        principal: Principal,
        action: String,
        target: Target,
        context: [String: String] = [:],
        allowed: Bool,
        because: Set<String>? = nil,
        position: SourcePosition
    ) {
        self.name = name
        self.principal = principal
        self.action = action
        self.target = target
        self.context = context
        self.allowed = allowed
        self.because = because
        self.position = position
    }
}
