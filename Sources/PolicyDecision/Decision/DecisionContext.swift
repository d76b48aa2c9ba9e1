/// The circumstances of a request, as policies see them in `context`.
package struct DecisionContext: Hashable, Sendable {
    /// The client's address as text, for example `10.1.2.3`; `nil` for a client on a Unix socket.
    package var peer: String?

    /// Whether the connection is encrypted.
    package var isEncrypted: Bool

    /// How the person authenticated, for example `basic` or `certificate`.
    package var authentication: String

    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    package var milliseconds: Int64

    /// The purpose that the person stated.
    package var purpose: String?

    /// The grant that covers the question.
    package var grant: CoveringGrant?

    /// Describes circumstances.
    package init(
        peer: String? = nil,
        isEncrypted: Bool = true,
        authentication: String = "basic",
        milliseconds: Int64 = 0,
        purpose: String? = nil,
        grant: CoveringGrant? = nil
    ) {
        self.peer = peer
        self.isEncrypted = isEncrypted
        self.authentication = authentication
        self.milliseconds = milliseconds
        self.purpose = purpose
        self.grant = grant
    }
}
