/// The character classes of the HTTP and URI grammars, as 128-bit sets of ASCII bytes.
///
/// Two shifts and no memory access per byte: heads are read byte by byte only where a class must be checked, and there
/// a table would compete with the head itself for the cache.
struct ByteClass {
    /// Members among the bytes 0x00 to 0x3F, bit for bit.
    let low: UInt64
    /// Members among the bytes 0x40 to 0x7F, bit for bit.
    let high: UInt64

    /// Whether `byte` is a member; bytes from 0x80 never are.
    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let half = byte < 0x40 ? self.low : self.high
        return byte < 0x80 && (half &>> UInt64(byte & 0x3F)) & 1 == 1
    }

    /// What a method or field name is made of.
    ///
    /// Source: RFC 9110, section 5.6.2, `tchar`.
    @inline(__always)
    static var token: ByteClass { ByteClass(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE) }

    /// What may stand in a path segment unescaped and means the same everywhere: `pchar` without `;`.
    ///
    /// Source: RFC 3986, section 3.3. The `;` is left out because servers disagree on what it starts.
    @inline(__always)
    static var segment: ByteClass { ByteClass(low: 0x27FF_7FD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFF) }

    /// What must never stay escaped in a canonical path.
    ///
    /// Source: RFC 3986, section 2.3, `unreserved`.
    @inline(__always)
    static var unreserved: ByteClass { ByteClass(low: 0x03FF_6000_0000_0000, high: 0x47FF_FFFE_87FF_FFFE) }
}

/// The value of a hexadecimal digit in either case, or `nil`.
@inline(__always)
func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- UInt8(ascii: "A") &+ 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- UInt8(ascii: "a") &+ 10
    default: nil
    }
}

/// The upper-case hexadecimal digit of a value below 16.
@inlinable
func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "A") &+ value &- 10
}

/// The byte with ASCII capitals made small; everything else as it is.
@inline(__always)
func lowercased(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
}
