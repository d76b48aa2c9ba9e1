import HTTP1

/// Where somebody wanted to go before they were sent to sign in: a path of the same origin, and nothing that any browser
/// could take for something else.
///
/// Read from what a client sent, so it may have been written by somebody who wants the person to end up elsewhere.
package struct ReturnTarget: Hashable, Sendable {
    /// The path and query, as they go on the wire.
    package let octets: [UInt8]

    /// The longest that is kept, in bytes; who wanted to go further away lands on the front page.
    static let maximumLength = 2_048

    /// The front page.
    static let home = ReturnTarget(checked: [UInt8(ascii: "/")])

    private init(checked octets: [UInt8]) {
        self.octets = octets
    }

    /// Takes a path with its query.
    ///
    /// Only printable ASCII, one slash at the start, no backslash, no `@` and no `//` in the path, whether written out
    /// or escaped, also escaped twice or three times; and it has to be in the form that a request of ours would have.
    ///
    /// - Returns: `nil` for anything else, and for the pages that sign in and out.
    package init?(_ octets: [UInt8]) {
        guard octets.count <= Self.maximumLength, octets.first == UInt8(ascii: "/"),
            octets.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") })
        else { return nil }
        var target = CanonicalTarget()
        do throws(HTTPFault) {
            try target.read(octets.span, in: octets.indices)
        } catch {
            return nil
        }
        let path = Array(octets.prefix { $0 != UInt8(ascii: "?") })
        guard Array(target.bytes[target.path]) == path else { return nil }
        var unescaped: [UInt8]? = path
        for _ in 0..<4 {
            guard let text = unescaped, Self.isHarmless(text) else { return nil }
            unescaped = decodedForm(Array(text.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 })[...])
        }
        let own = [OwnPage.login, .logout].map { Array($0.path.description.utf8) }
        guard !own.contains(path) else { return nil }
        self.octets = octets
    }

    /// As the value of a query parameter.
    package var escaped: [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return self.octets.flatMap { octet -> [UInt8] in
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                [octet]
            default: [UInt8(ascii: "%"), digits[Int(octet >> 4)], digits[Int(octet & 15)]]
            }
        }
    }

    private static func isHarmless(_ path: [UInt8]) -> Bool {
        let hasDoubleSlash = zip(path, path.dropFirst()).contains { $0 == UInt8(ascii: "/") && $1 == UInt8(ascii: "/") }
        return !hasDoubleSlash
            && path.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "@") }
    }
}
