/// Somebody who has shown a Kerberos ticket for this service.
package struct KerberosClient: Hashable, Sendable {
    /// The principal as the ticket has it, such as `anna@PLANT.EXAMPLE`.
    package let principal: String

    /// What stands before the realm, such as `anna` or `svc/host`.
    package let name: String

    /// The realm, such as `PLANT.EXAMPLE`.
    package let realm: String

    /// For how many seconds the ticket is good.
    package let seconds: UInt32

    /// The longest principal that is read, in bytes.
    static let maximumLength = 512

    /// Reads a principal in Kerberos' written form.
    ///
    /// - Returns: `nil` unless it is plain text with exactly one `@`, and nothing that the written form had to escape: such a
    ///   name could be read in two ways by whatever compares it next.
    package init?(principal: String, seconds: UInt32) {
        let octets = Array(principal.utf8)
        guard octets.count <= Self.maximumLength,
            octets.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") })
        else { return nil }
        // Octet by octet: to `String` a mark that follows makes another character of an `@`.
        let halves = octets.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty else { return nil }
        self.principal = principal
        self.name = String(decoding: halves[0], as: UTF8.self)
        self.realm = String(decoding: halves[1], as: UTF8.self)
        self.seconds = seconds
    }
}
