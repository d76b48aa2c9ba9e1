/// How a service is told, in a way that it can check, who asks.
package struct AssertionAudience: Hashable, Sendable {
    /// Whom the assertion is for (`aud`); default the service's name.
    package var audience: String

    /// Whether the person's clearance is told as well; default no, since most services have no use for it.
    package var tellsClearance = false

    /// How long an assertion is good, in seconds; default five minutes.
    ///
    /// One that is used is at least a fifth of it away from its end.
    package var seconds: Int64 = 300

    package init(audience: String) {
        self.audience = audience
    }
}
