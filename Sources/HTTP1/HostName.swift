/// The host that a request is for, as offsets into its head.
package struct HostName: Hashable, Sendable {
    /// The name or address, without the port; an IPv6 address keeps its brackets.
    package let name: Range<Int>
    /// The port, if one was written.
    package let port: UInt16?

    init() {
        self.name = 0..<0
        self.port = nil
    }

    /// Checks a `host` value.
    ///
    /// Names are letters, digits, `-`, `_` and `.`: no escapes, no userinfo, no empty name or port. RFC 3986 allows more
    /// in a `reg-name`, but no host of a configured service is spelled with it.
    ///
    /// - Throws: ``HTTPFault/malformedHost``.
    ///
    /// Source: RFC 9110, section 7.2.
    init(_ bytes: Span<UInt8>, in range: Range<Int>) throws(HTTPFault) {
        guard !range.isEmpty, range.count <= 261 else { throw .malformedHost }
        var end = range.lowerBound
        if bytes[end] == UInt8(ascii: "[") {
            end += 1
            while end < range.upperBound, Self.isAddressByte(bytes[end]) { end += 1 }
            guard end < range.upperBound, bytes[end] == UInt8(ascii: "]"), end - range.lowerBound > 2 else {
                throw .malformedHost
            }
            end += 1
        } else {
            while end < range.upperBound, Self.isNameByte(bytes[end]) { end += 1 }
        }
        guard end > range.lowerBound else { throw .malformedHost }
        self.name = range.lowerBound..<end
        guard end < range.upperBound else {
            self.port = nil
            return
        }
        guard bytes[end] == UInt8(ascii: ":"), (1...5).contains(range.upperBound - end - 1) else {
            throw .malformedHost
        }
        var port = 0
        for offset in end + 1..<range.upperBound {
            let digit = bytes[offset] &- UInt8(ascii: "0")
            guard digit < 10 else { throw .malformedHost }
            port = port * 10 + Int(digit)
        }
        guard let port = UInt16(exactly: port) else { throw .malformedHost }
        self.port = port
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        hexValue(byte) != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        ByteClass.unreserved.contains(byte) && byte != UInt8(ascii: "~")
    }
}
