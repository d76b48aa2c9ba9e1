/// An IPv4 or IPv6 address, or a range of them in CIDR notation.
///
/// Host bits are kept: `10.0.0.1/8` and `10.0.0.0/8` span the same range but are different values.
///
/// Source: Cedar language 4.5, "ipaddr"; RFC 4291, section 2.2, for the written form of IPv6 (IPv4 embedded in dots is refused).
public struct IPAddressValue: Hashable, Sendable, CustomStringConvertible {
    /// Which protocol the address belongs to; addresses of different families are never in each other's range.
    public enum Family: Hashable, Sendable {
        /// 32 bits.
        case v4
        /// 128 bits.
        case v6
    }

    /// The protocol.
    public let family: Family
    /// The address; of IPv4 the low 32 bits.
    public let address: UInt128
    /// How many leading bits the range fixes: all of them for a single address.
    public let prefixLength: Int

    /// Puts an address and a prefix length together.
    ///
    /// Fails, giving `nil`, when the address or the prefix does not fit the family.
    public init?(family: Family, address: UInt128, prefixLength: Int? = nil) {
        let width = family == .v4 ? 32 : 128
        let prefixLength = prefixLength ?? width
        guard (0...width).contains(prefixLength), family == .v6 || address <= UInt32.max else { return nil }
        self.family = family
        self.address = address
        self.prefixLength = prefixLength
    }

    /// Reads an address such as `10.0.0.1` or `2001:db8::1`, or a range such as `10.0.0.0/8`.
    ///
    /// Fails, giving `nil`, when the form is wrong.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        // The longest form: eight groups of four digits, a slash and three digits.
        guard bytes.count <= 43 else { return nil }
        let slash = bytes.firstIndex(of: UInt8(ascii: "/"))
        let addressBytes = bytes[..<(slash ?? bytes.count)]
        let family: Family
        let address: UInt128
        if let value = Self.parseV4(addressBytes) {
            (family, address) = (.v4, UInt128(value))
        } else if let value = Self.parseV6(addressBytes) {
            (family, address) = (.v6, value)
        } else {
            return nil
        }
        guard let slash else {
            self.init(family: family, address: address)
            return
        }
        let prefix = bytes[(slash + 1)...]
        guard let length = Self.decimal(prefix, maximumDigits: family == .v4 ? 2 : 3) else { return nil }
        self.init(family: family, address: address, prefixLength: length)
    }

    /// Whether every address of this range is a loopback address.
    public var isLoopback: Bool {
        switch self.family {
        case .v4: self.address >> 24 == 127 && self.prefixLength >= 8
        case .v6: self.address == 1 && self.prefixLength == 128
        }
    }

    /// Whether every address of this range is a multicast address.
    public var isMulticast: Bool {
        switch self.family {
        case .v4: self.address >> 28 == 0xE && self.prefixLength >= 4
        case .v6: self.address >> 120 == 0xFF && self.prefixLength >= 8
        }
    }

    /// Whether every address of this range lies in `range`.
    public func isInRange(_ range: IPAddressValue) -> Bool {
        guard self.family == range.family else { return false }
        return range.first <= self.first && self.last <= range.last
    }

    /// The written form, always with its prefix.
    public var description: String {
        switch self.family {
        case .v4:
            let octets = [24, 16, 8, 0].map { String(self.address >> $0 & 0xFF) }
            return octets.joined(separator: ".") + "/\(self.prefixLength)"
        case .v6:
            let groups = (0..<8).map { String(self.address >> (112 - 16 * $0) & 0xFFFF, radix: 16) }
            return groups.joined(separator: ":") + "/\(self.prefixLength)"
        }
    }

    private var hostMask: UInt128 {
        switch self.family {
        case .v4: self.prefixLength == 32 ? 0 : UInt128(UInt32.max) >> self.prefixLength
        case .v6: self.prefixLength == 128 ? 0 : UInt128.max >> self.prefixLength
        }
    }

    private var first: UInt128 { self.address & ~self.hostMask }

    private var last: UInt128 { self.address | self.hostMask }

    /// A number without sign and leading zeros.
    private static func decimal(_ bytes: ArraySlice<UInt8>, maximumDigits: Int) -> Int? {
        guard (1...maximumDigits).contains(bytes.count), bytes.allSatisfy(\.isDigit) else { return nil }
        guard bytes.count == 1 || bytes.first != UInt8(ascii: "0") else { return nil }
        return bytes.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private static func parseV4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let octets = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard octets.count == 4 else { return nil }
        var address: UInt32 = 0
        for octet in octets {
            guard let value = self.decimal(octet, maximumDigits: 3), value <= 255 else { return nil }
            address = address << 8 | UInt32(value)
        }
        return address
    }

    private static func parseV6(_ bytes: ArraySlice<UInt8>) -> UInt128? {
        let colon = UInt8(ascii: ":")
        guard
            let gap = bytes.indices.first(where: {
                bytes[$0] == colon && bytes.dropFirst($0 - bytes.startIndex + 1).first == colon
            })
        else {
            guard let groups = self.groups(bytes), groups.count == 8 else { return nil }
            return groups.reduce(0) { $0 << 16 | UInt128($1) }
        }
        // `::` stands for one or more groups of zeros, and may appear once.
        guard let head = self.groups(bytes[..<gap]), let tail = self.groups(bytes[(gap + 2)...]),
            head.count + tail.count <= 7
        else { return nil }
        let zeros = Array(repeating: UInt16(0), count: 8 - head.count - tail.count)
        return (head + zeros + tail).reduce(0) { $0 << 16 | UInt128($1) }
    }

    private static func groups(_ bytes: ArraySlice<UInt8>) -> [UInt16]? {
        guard !bytes.isEmpty else { return [] }
        var groups: [UInt16] = []
        for part in bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
            guard (1...4).contains(part.count), part.allSatisfy(\.isHexDigit),
                let value = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
            else { return nil }
            groups.append(value)
        }
        return groups
    }
}
