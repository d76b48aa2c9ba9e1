/// Where an entry stands in the directory, such as `cn=engineers,ou=groups,dc=plant,dc=example`.
///
/// Names are read once into this type, compare the way a directory compares them (case and repeated blanks do not matter, the
/// order inside a multi-valued part does not matter), and are written in one form. Values are compared without regard to case
/// whatever their attribute: no schema is at hand, and attributes that tell case apart do not name people or groups.
///
///     try DistinguishedName("CN=Engineers, OU=Groups,dc=plant,dc=example")
///         == DistinguishedName("cn=engineers,ou=groups,dc=plant,dc=example")   // true
///
/// Source: RFC 4514 (written form), RFC 4517 section 4.2.15 (distinguishedNameMatch), RFC 4518 (blanks and case).
package struct DistinguishedName: Sendable {
    /// From the entry up to the root; empty for the root itself.
    package let parts: [RelativeDistinguishedName]

    /// What names are compared by.
    private let folded: String

    /// Puts a name together from the entry upwards.
    package init(parts: [RelativeDistinguishedName]) {
        self.parts = parts
        self.folded = parts.map(\.folded).joined(separator: ",")
    }

    /// The name above; `nil` at the root.
    package var parent: DistinguishedName? {
        self.parts.isEmpty ? nil : DistinguishedName(parts: Array(self.parts.dropFirst()))
    }

    /// Whether this name is `base` or stands anywhere below it.
    package func isWithin(_ base: DistinguishedName) -> Bool {
        guard self.parts.count >= base.parts.count else { return false }
        return zip(self.parts.suffix(base.parts.count), base.parts).allSatisfy { $0.folded == $1.folded }
    }
}

extension DistinguishedName: Hashable {
    /// Whether both name the same entry.
    package static func == (left: DistinguishedName, right: DistinguishedName) -> Bool {
        left.folded == right.folded
    }

    /// Feeds what names are compared by.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.folded)
    }
}

extension DistinguishedName: CustomStringConvertible {
    /// The written form of RFC 4514, with the spelling of the original.
    package var description: String {
        self.parts.map(\.description).joined(separator: ",")
    }
}

/// One step of a distinguished name: one attribute and its value, rarely several.
package struct RelativeDistinguishedName: Sendable {
    /// An attribute and its value.
    package struct Assertion: Hashable, Sendable {
        /// The attribute's name, in lower case; long names and object identifiers of RFC 4514 section 3 are kept as written.
        package let type: AttributeName

        /// The value without any escaping.
        package let value: Value

        /// Puts an assertion together.
        package init(type: AttributeName, value: Value) {
            self.type = type
            self.value = value
        }
    }

    /// The value of an assertion.
    package enum Value: Hashable, Sendable {
        /// Text.
        case text(String)
        /// The BER encoding, written as `#` and hex digits, of a value that has no text form.
        case encoded([UInt8])
    }

    /// At least one.
    package let assertions: [Assertion]

    /// What parts are compared by.
    let folded: String

    /// Puts a part together.
    ///
    /// - Parameter assertions: At least one; their order has no meaning.
    package init(assertions: [Assertion]) {
        self.assertions = assertions
        self.folded = assertions.map(\.folded).sorted().joined(separator: "+")
    }
}

extension RelativeDistinguishedName: CustomStringConvertible {
    /// The written form of RFC 4514.
    package var description: String { self.assertions.map(\.written).joined(separator: "+") }
}

extension RelativeDistinguishedName.Assertion {
    /// The short names by which RFC 4514 wants the best known attributes compared.
    private static let aliases: [String: String] = [
        "2.5.4.3": "cn", "commonname": "cn",
        "2.5.4.7": "l", "localityname": "l",
        "2.5.4.8": "st", "stateorprovincename": "st",
        "2.5.4.10": "o", "organizationname": "o",
        "2.5.4.11": "ou", "organizationalunitname": "ou",
        "2.5.4.6": "c", "countryname": "c",
        "2.5.4.9": "street", "streetaddress": "street",
        "0.9.2342.19200300.100.1.25": "dc", "domaincomponent": "dc",
        "0.9.2342.19200300.100.1.1": "uid", "userid": "uid",
    ]

    fileprivate var folded: String {
        let type = Self.aliases[self.type.text] ?? self.type.text
        switch self.value {
        case .encoded(let octets): return "\(type)=#" + octets.map(\.hex).joined()
        case .text(let text):
            let words = text.lowercased().split(separator: " ").joined(separator: " ")
            return "\(type)=\(Self.escaped(words))"
        }
    }

    fileprivate var written: String {
        switch self.value {
        case .encoded(let octets): "\(self.type)=#" + octets.map(\.hex).joined()
        case .text(let text): "\(self.type)=\(Self.escaped(text))"
        }
    }

    /// Writes a value so that it reads back as itself.
    ///
    /// Source: RFC 4514, section 2.4. Control characters are written in hex too, so that a name in a log is one line.
    private static func escaped(_ value: String) -> String {
        let octets = Array(value.utf8)
        var text: [UInt8] = []
        text.reserveCapacity(octets.count)
        for (at, octet) in octets.enumerated() {
            switch octet {
            case UInt8(ascii: "\""), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "<"),
                UInt8(ascii: ">"), UInt8(ascii: "\\"):
                text += [UInt8(ascii: "\\"), octet]
            case UInt8(ascii: "#") where at == 0:
                text += [UInt8(ascii: "\\"), octet]
            case UInt8(ascii: " ") where at == 0 || at == octets.count - 1:
                text += [UInt8(ascii: "\\"), octet]
            case 0x00...0x1F, 0x7F:
                text += [UInt8(ascii: "\\")] + Array(octet.hex.utf8)
            default:
                text.append(octet)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
