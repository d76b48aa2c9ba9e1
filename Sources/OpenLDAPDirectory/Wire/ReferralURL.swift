package import Directory

/// Where an answer says that a question should go on.
///
/// Only the place is taken: host, base and depth. A filter in the URL is never used, since our own says whom we look for, and neither are
/// attributes or extensions; a URL with an extension marked as critical is none that we understand.
///
/// Source: RFC 4516, section 2; RFC 4511, section 4.1.10.
package struct ReferralURL: Hashable {
    /// The host, in lower case.
    package var host: String
    /// The port; `nil` if the URL leaves it out.
    package var port: UInt16?
    /// Where to begin; `nil` to keep the question's own base.
    package var base: DistinguishedName?
    /// How far below it; `nil` to keep the question's own.
    var scope: SearchRequest.Scope?

    /// The longest URL that is read, in octets.
    static let maximumLength = 4_096

    /// Reads a URL; `nil` if it is not one, names no host, or asks for what is not done here.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength, let mark = text.firstRange(of: "://"),
            ["ldap", "ldaps"].contains(text[..<mark.lowerBound].lowercased())
        else { return nil }
        let rest = text[mark.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        // The rules for a host and a port are those of a configured address.
        guard let address = ServerAddress("ldaps://" + rest[..<slash]) else { return nil }
        self.host = address.host
        let authority = rest[..<slash]
        let afterName = authority.lastIndex(of: "]").map { authority[$0...] } ?? authority
        self.port = afterName.contains(":") ? address.port : nil
        let parts = rest[slash...].dropFirst().split(separator: "?", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count < 5 || !parts[4].split(separator: ",").contains(where: { $0.hasPrefix("!") }) else {
            return nil
        }
        if let name = parts.first, !name.isEmpty {
            guard let decoded = Self.decoded(name), let base = try? DistinguishedName(decoded) else { return nil }
            self.base = base
        }
        guard parts.count > 2 else { return }
        switch parts[2].lowercased() {
        case "": break
        case "base": self.scope = .base
        case "one": self.scope = .children
        case "sub": self.scope = .subtree
        default: return nil
        }
    }

    /// Whether a configured server is the one that this names.
    package func leads(to server: ServerAddress) -> Bool {
        self.host == server.host && (self.port == nil || self.port == server.port)
    }

    // Source: RFC 3986, section 2.1.
    private static func decoded(_ text: Substring) -> String? {
        var octets: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "%") else {
                octets.append(octet)
                continue
            }
            guard let digits = String(validating: rest.prefix(2), as: UTF8.self), digits.utf8.count == 2,
                digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16)
            else { return nil }
            octets.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: octets, as: UTF8.self)
    }
}
