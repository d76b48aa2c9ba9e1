/// Accepts Kerberos clients, by SPNEGO or directly.
///
///     let desk = try KerberosDesk(keytab: "/etc/stile/http.keytab", replays: "/var/lib/stile/replays")
///     let negotiation = desk.begin()
///     switch negotiation.take(token) { … }
///
/// Only the keytab says whether a ticket is good: no server is asked. What was seen once within the time for which clocks may differ is
/// remembered in a file and refused the second time.
///
/// Source: RFC 4120; RFC 4178 (SPNEGO); RFC 4559 (HTTP).
package final class KerberosDesk: Sendable {
    private let acceptor: Acceptor

    /// Reads the keytab.
    ///
    /// - Parameters:
    ///   - keytab: The file with the key of `HTTP/HOST`, for every name by which clients reach the gateway.
    ///   - replays: The file that remembers tokens already seen; made when it is missing, for its owner only.
    /// - Throws: ``KerberosFailure``.
    package init(keytab: String, replays: String) throws(KerberosFailure) {
        self.acceptor = try Acceptor(keytab: keytab, replays: replays)
    }

    /// Begins to negotiate with one client.
    package func begin() -> KerberosNegotiation { KerberosNegotiation(self.acceptor) }
}
