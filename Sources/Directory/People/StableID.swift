/// The name of a directory entry that no rename, move or new spelling changes.
///
/// Policies and records hold on to this and never to a name: whoever is renamed stays the same person, and a new person who gets an
/// old name inherits nothing. Groups of Active Directory go by their SID, since that is what a token carries; everything else goes
/// by its UUID (`entryUUID`, `nsUniqueId` or `objectGUID`).
///
/// Source: RFC 4530 (entryUUID), [MS-DTYP] 2.4.2 (SID), RFC 9562 (the written form of a UUID).
package enum StableID: Hashable, Sendable {
    /// A UUID in its canonical form: 36 characters, lower case.
    case uuid(String)

    /// A security identifier in its canonical form, such as `S-1-5-21-1004336348-1177238915-682003330-512`.
    case sid(String)

    /// Reads the written form with its scheme, `uuid:…` or `sid:…`; `nil` if it is neither, or not a UUID or a SID.
    ///
    /// - Parameter value: As it stands in a policy file or a record.
    package init?(value: String) {
        if let text = value.tail(after: "uuid:"), let id = Self(uuid: text) {
            self = id
        } else if let text = value.tail(after: "sid:"), let id = Self(sid: text) {
            self = id
        } else {
            return nil
        }
    }

    /// Reads a UUID in any grouping of its 32 hex digits, so that `nsUniqueId` (four groups of eight) is read too.
    package init?(uuid text: some StringProtocol) {
        let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
        guard digits.count == 32, text.utf8.count <= 36, digits.allSatisfy({ $0.isHexDigit }) else { return nil }
        self = .uuid(Self.grouped(String(decoding: digits, as: UTF8.self).lowercased()))
    }

    /// Reads the 16 octets of an `objectGUID`, whose first three fields are little-endian.
    package init?(objectGUID octets: [UInt8]) {
        guard octets.count == 16 else { return nil }
        let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
        self = .uuid(Self.grouped(order.map { octets[$0].hex }.joined()))
    }

    /// Reads the written form of a SID, `S-1-` with one authority and one to fifteen sub-authorities.
    package init?(sid text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (4...18).contains(parts.count), parts[0] == "S" || parts[0] == "s", parts[1] == "1" else { return nil }
        guard let authority = UInt64(parts[2]), authority < 1 << 48 else { return nil }
        let rest = parts[3...].compactMap { UInt32($0) }
        guard rest.count == parts.count - 3 else { return nil }
        self = .sid((["S-1", "\(authority)"] + rest.map { "\($0)" }).joined(separator: "-"))
    }

    /// Reads the octets of an `objectSid` or of one value of `tokenGroups`.
    ///
    /// Source: [MS-DTYP] 2.4.2.2: revision, count, six octets of authority (big-endian), then the sub-authorities (little-endian).
    package init?(objectSid octets: [UInt8]) {
        guard octets.count >= 12, octets[0] == 1, (1...15).contains(octets[1]) else { return nil }
        guard octets.count == 8 + 4 * Int(octets[1]) else { return nil }
        let authority = octets[2..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let parts = stride(from: 8, to: octets.count, by: 4).map { at in
            octets[at..<at + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        self = .sid((["S-1", "\(authority)"] + parts.map { "\($0)" }).joined(separator: "-"))
    }

    /// The written form with its scheme; ``init(value:)`` reads it back.
    package var value: String {
        switch self {
        case .uuid(let text): "uuid:\(text)"
        case .sid(let text): "sid:\(text)"
        }
    }

    /// The octets of an `objectSid`, for a search by SID; `nil` for a UUID.
    package var objectSid: [UInt8]? {
        guard case .sid(let text) = self else { return nil }
        let parts = text.split(separator: "-").dropFirst(2)
        guard let first = parts.first, let authority = UInt64(first) else { return nil }
        let rest = parts.dropFirst().compactMap { UInt32($0) }
        var octets: [UInt8] = [1, UInt8(truncatingIfNeeded: rest.count)]
        octets += stride(from: 40, through: 0, by: -8).map { UInt8(truncatingIfNeeded: authority >> UInt64($0)) }
        for part in rest {
            octets += stride(from: 0, to: 32, by: 8).map { UInt8(truncatingIfNeeded: part >> UInt32($0)) }
        }
        return octets
    }

    /// The octets of an `objectGUID`, for a search by GUID; `nil` for a SID.
    package var objectGUID: [UInt8]? {
        guard case .uuid(let text) = self else { return nil }
        let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
        let octets = stride(from: 0, to: digits.count, by: 2).compactMap { at in
            UInt8(String(decoding: digits[at..<at + 2], as: UTF8.self), radix: 16)
        }
        guard octets.count == 16 else { return nil }
        return [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map { octets[$0] }
    }

    private static func grouped(_ digits: String) -> String {
        var text = ""
        for (at, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(at) { text += "-" }
            text.append(digit)
        }
        return text
    }
}

extension StableID: CustomStringConvertible {
    /// The same as ``value``.
    package var description: String { self.value }
}

extension String {
    /// What follows `prefix`; `nil` if the text does not begin with it.
    fileprivate func tail(after prefix: String) -> Substring? {
        self.hasPrefix(prefix) ? self.dropFirst(prefix.count) : nil
    }
}
