/// How a person proves who they are.
///
/// The raw value is what policies read as `context.authentication`.
package enum AuthenticationMethod: String, Hashable, Sendable, CaseIterable {
    /// Name and password with each request. Source: RFC 7617.
    case basic
    /// A personal access token, as `Bearer` (RFC 6750) or in the place of the password.
    case token
    /// The cookie that the login page gave.
    case session
    /// The client certificate of the connection.
    case certificate
    /// Kerberos. Source: RFC 4559.
    case negotiate
}
