package import HTTP1

/// The sealed cookie of a session, as a browser shows it.
///
/// `__Host-` makes browsers refuse it without `Secure`, with a `Domain`, or for another path than `/`: no other host can set
/// it, neither a parent domain nor a sibling.
///
/// Source: RFC 6265bis, section 4.1.3.2.
package enum SessionCookie {
    /// The cookie's name.
    static let name: StaticString = "__Host-stile"

    /// Where the value of the session's cookie stands among the fields; `nil` when there is none.
    ///
    /// A second one under the same name is no session at all: which of the two was set by us cannot be told.
    package static func find(in fields: FieldTable, _ bytes: Span<UInt8>) -> Range<Int>? {
        self.find(self.name, in: fields, bytes)
    }

    /// Where the value of a cookie stands, if there is exactly one of this name.
    static func find(_ name: StaticString, in fields: FieldTable, _ bytes: Span<UInt8>) -> Range<Int>? {
        var found: Range<Int>?
        for index in 0..<fields.count where fields[index].name == .cookie {
            let value = fields[index].value
            var start = value.lowerBound
            while start < value.upperBound {
                while start < value.upperBound, bytes[start] == 0x20 || bytes[start] == 0x09 { start &+= 1 }
                var end = start
                while end < value.upperBound, bytes[end] != UInt8(ascii: ";") { end &+= 1 }
                if let own = self.value(of: name, in: bytes, start..<end) {
                    guard found == nil else { return nil }
                    found = own
                }
                start = end &+ 1
            }
        }
        return found
    }

    /// The value of a pair, if its name is exactly this one: names of cookies are case-sensitive.
    private static func value(of name: StaticString, in bytes: Span<UInt8>, _ pair: Range<Int>) -> Range<Int>? {
        let length = name.utf8CodeUnitCount
        guard pair.count > length, bytes[pair.lowerBound &+ length] == UInt8(ascii: "=") else { return nil }
        // The octets of a constant live as long as the program.
        let isSame = name.withUTF8Buffer { expected in
            for index in 0..<length where unsafe bytes[pair.lowerBound &+ index] != expected[index] { return false }
            return true
        }
        return isSame ? (pair.lowerBound &+ length &+ 1)..<pair.upperBound : nil
    }

    /// The field that gives a browser its session.
    static func setting(_ value: [UInt8], seconds: Int64) -> [UInt8] {
        Array("set-cookie: \(self.name)=".utf8) + value
            + Array("; Max-Age=\(seconds); Path=/; Secure; HttpOnly; SameSite=Lax\r\n".utf8)
    }

    /// The field that takes it away.
    static let clearing = Array("set-cookie: \(Self.name)=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax\r\n".utf8)
}
