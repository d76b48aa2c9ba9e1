/// How the text forms of LDAP write a single octet.
extension UInt8 {
    /// Whether this is one of `0-9`, `a-f`, `A-F`.
    var isHexDigit: Bool { self.hexValue != nil }

    /// The value of this octet read as a hex digit.
    var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Two lower-case hex digits.
    var hex: String { (self < 0x10 ? "0" : "") + String(self, radix: 16) }
}
