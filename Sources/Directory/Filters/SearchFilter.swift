/// A question to the directory: which entries to find.
///
/// A tree and not a text: attribute names are ``AttributeName`` and values are octets, so what a person typed can only ever be a
/// value. There is no way to paste text into a filter, hence nothing to forget to escape.
///
///     SearchFilter.all([.equals("objectclass", "person"), .equals("uid", typed)])
///
/// Source: RFC 4511, section 4.5.1.7 (meaning); RFC 4515 (written form).
package indirect enum SearchFilter: Hashable, Sendable {
    /// Every one of these; true when there are none (RFC 4526).
    case all([SearchFilter])

    /// At least one of these; false when there are none (RFC 4526).
    case any([SearchFilter])

    /// Not this.
    case not(SearchFilter)

    /// The attribute has this value.
    case equals(AttributeName, AssertionValue)

    /// The attribute has a value.
    case present(AttributeName)

    /// The attribute has a value that begins, goes on and ends like this.
    case substrings(AttributeName, initial: AssertionValue?, middle: [AssertionValue], final: AssertionValue?)

    /// The attribute has a value of at least this.
    case atLeast(AttributeName, AssertionValue)

    /// The attribute has a value of at most this.
    case atMost(AttributeName, AssertionValue)

    /// The attribute has a value that sounds like this.
    case approximately(AttributeName, AssertionValue)

    /// The value matches by a rule of its own, such as 1.2.840.113556.1.4.1941.
    case extensible(AttributeName?, rule: AttributeName?, includesName: Bool, AssertionValue)
}

/// The value side of a comparison: octets, whatever they are.
package struct AssertionValue: Hashable, Sendable, ExpressibleByStringLiteral {
    /// As they are compared, without any escaping.
    package let octets: [UInt8]

    /// A value of any syntax, such as a binary SID.
    package init(octets: [UInt8]) {
        self.octets = octets
    }

    /// A text value, from anywhere.
    package init(_ text: String) {
        self.octets = Array(text.utf8)
    }

    /// A text value written in the program.
    package init(stringLiteral value: String) {
        self.init(value)
    }

    /// A distinguished name as a value.
    package init(_ name: DistinguishedName) {
        self.init(name.description)
    }
}

extension SearchFilter: CustomStringConvertible {
    /// The written form of RFC 4515, in printable ASCII only, so that a filter in a log is plain text on one line.
    package var description: String {
        switch self {
        case .all(let filters): return "(&\(filters.map(\.description).joined()))"
        case .any(let filters): return "(|\(filters.map(\.description).joined()))"
        case .not(let filter): return "(!\(filter))"
        case .equals(let name, let value): return "(\(name)=\(value.escaped))"
        case .present(let name): return "(\(name)=*)"
        case .substrings(let name, let initial, let middle, let final):
            let stars = ([initial] + middle.map(Optional.some) + [final]).map { $0?.escaped ?? "" }
            return "(\(name)=\(stars.joined(separator: "*")))"
        case .atLeast(let name, let value): return "(\(name)>=\(value.escaped))"
        case .atMost(let name, let value): return "(\(name)<=\(value.escaped))"
        case .approximately(let name, let value): return "(\(name)~=\(value.escaped))"
        case .extensible(let name, let rule, let includesName, let value):
            let left = (name?.text ?? "") + (includesName ? ":dn" : "") + (rule.map { ":\($0)" } ?? "")
            return "(\(left):=\(value.escaped))"
        }
    }
}

extension AssertionValue {
    /// Written so that it can only ever be a value.
    ///
    /// RFC 4515, section 3: the octets NUL, `(`, `)`, `*` and `\` are written as `\` and two hex digits. Every octet outside
    /// printable ASCII is too, which the RFC allows.
    var escaped: String {
        var text = ""
        text.reserveCapacity(self.octets.count)
        for octet in self.octets {
            switch octet {
            case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "\\"): text += "\\\(octet.hex)"
            case 0x20...0x7E: text.unicodeScalars.append(Unicode.Scalar(octet))
            default: text += "\\\(octet.hex)"
            }
        }
        return text
    }
}
