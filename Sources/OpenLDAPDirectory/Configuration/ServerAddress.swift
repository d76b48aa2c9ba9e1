/// Where a directory server listens, and how TLS comes about there.
///
/// There is no third way: a connection without TLS cannot be written down.
package struct ServerAddress: Hashable, Sendable {
    /// How TLS comes about.
    package enum Security: String, Hashable, Sendable {
        /// From the first byte on (`ldaps://`).
        case fromTheStart = "ldaps"
        /// By StartTLS before anything else is said (`ldap://`). Source: RFC 4511, section 4.14.
        case startTLS = "ldap"
    }

    /// How TLS comes about.
    package let security: Security

    /// The name that the server's certificate has to bear, or an address literal.
    package let host: String

    /// The port, 636 or 389 unless told otherwise.
    package let port: UInt16

    /// Puts an address together.
    package init(security: Security, host: String, port: UInt16? = nil) {
        self.security = security
        self.host = host.lowercased()
        self.port = port ?? (security == .fromTheStart ? 636 : 389)
    }

    /// Reads `ldaps://host`, `ldaps://host:port`, `ldap://host` (which means StartTLS) or one with an address literal in brackets.
    ///
    /// `nil` for anything else, and for a path, a user or a query behind it.
    package init?(_ text: String) {
        guard let mark = text.firstRange(of: "://"),
            let security = Security(rawValue: text[..<mark.lowerBound].lowercased())
        else { return nil }
        var rest = text[mark.upperBound...]
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        var host = rest
        var port: UInt16?
        let bracket = rest.hasPrefix("[") ? rest.firstIndex(of: "]") : rest.startIndex
        guard let bracket else { return nil }
        if let colon = rest[bracket...].lastIndex(of: ":") {
            guard let number = UInt16(rest[rest.index(after: colon)...]), number > 0 else { return nil }
            port = number
            host = rest[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
            guard host.utf8.allSatisfy({ Array("0123456789abcdefABCDEF:.".utf8).contains($0) }) else { return nil }
        } else {
            let allowed = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_".utf8)
            guard host.utf8.allSatisfy(allowed.contains) else { return nil }
        }
        guard !host.isEmpty, host.utf8.count <= 253 else { return nil }
        self.init(security: security, host: String(host), port: port)
    }
}

extension ServerAddress: CustomStringConvertible {
    /// The written form with its port.
    package var description: String {
        let host = self.host.contains(":") ? "[\(self.host)]" : self.host
        return "\(self.security.rawValue)://\(host):\(self.port)"
    }
}
