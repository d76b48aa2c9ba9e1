/// Why a text is not a distinguished name.
package enum DistinguishedNameError: Error, Hashable, Sendable {
    /// An attribute name was expected at this offset in octets.
    case expectedAttribute(at: Int)

    /// An `=` was expected at this offset.
    case expectedEquals(at: Int)

    /// A character at this offset has to be written with a `\` before it.
    case unescaped(at: Int)

    /// A `\` at this offset is followed by neither a special character nor two hex digits.
    case badEscape(at: Int)

    /// A `#` value at this offset is not an even, positive number of hex digits.
    case badHex(at: Int)

    /// The value that ends at this offset is not UTF-8.
    case notUTF8(at: Int)

    /// Longer than ``DistinguishedName/maximumLength`` octets or deeper than ``DistinguishedName/maximumDepth`` parts.
    case tooLong
}

extension DistinguishedNameError: CustomStringConvertible {
    /// One line for people: what was expected, and where.
    package var description: String {
        switch self {
        case .expectedAttribute(let at): "expected an attribute such as `cn` at character \(at + 1)"
        case .expectedEquals(let at): "expected `=` at character \(at + 1)"
        case .unescaped(let at): "the character at \(at + 1) has a meaning of its own in a name, write `\\` before it"
        case .badEscape(let at): "expected two hex digits or a special character after the `\\` at character \(at + 1)"
        case .badHex(let at): "expected pairs of hex digits after the `#` at character \(at + 1)"
        case .notUTF8(let at): "the value that ends at character \(at + 1) is not UTF-8"
        case .tooLong:
            "the name is longer than \(DistinguishedName.maximumLength) octets or \(DistinguishedName.maximumDepth) parts"
        }
    }
}

extension DistinguishedName {
    /// The longest name that is read, in octets.
    package static let maximumLength = 8_192

    /// The most parts of a name that is read.
    package static let maximumDepth = 128

    /// Reads a name.
    ///
    ///     name  = [ part *( "," part ) ]
    ///     part  = attribute "=" value *( "+" attribute "=" value )
    ///
    /// Blanks around `,`, `+` and `=` are skipped, as people write them and RFC 2253 section 4 asks of every reader; nothing else is
    /// guessed: quotes and semicolons of older forms are errors.
    ///
    /// - Parameter text: The name, for example `cn=engineers,ou=groups,dc=plant,dc=example`; empty for the root.
    /// - Throws: ``DistinguishedNameError`` with the place.
    package init(_ text: String) throws(DistinguishedNameError) {
        var parser = DistinguishedNameParser(text)
        self.init(parts: try parser.parts())
    }
}

/// Reads the written form of a name, octet by octet.
private struct DistinguishedNameParser {
    private let octets: [UInt8]
    private var at = 0

    init(_ text: String) {
        self.octets = Array(text.utf8)
    }

    mutating func parts() throws(DistinguishedNameError) -> [RelativeDistinguishedName] {
        guard self.octets.count <= DistinguishedName.maximumLength else { throw .tooLong }
        var parts: [RelativeDistinguishedName] = []
        guard !self.octets.isEmpty else { return parts }
        repeat {
            guard parts.count < DistinguishedName.maximumDepth else { throw .tooLong }
            parts.append(try self.part())
        } while self.take(UInt8(ascii: ","))
        return parts
    }

    private mutating func part() throws(DistinguishedNameError) -> RelativeDistinguishedName {
        var assertions: [RelativeDistinguishedName.Assertion] = []
        repeat {
            assertions.append(try self.assertion())
        } while self.take(UInt8(ascii: "+"))
        return RelativeDistinguishedName(assertions: assertions)
    }

    private mutating func assertion() throws(DistinguishedNameError) -> RelativeDistinguishedName.Assertion {
        self.skipBlanks()
        let start = self.at
        while let octet = self.next, octet != UInt8(ascii: "="), octet != UInt8(ascii: " ") { self.at += 1 }
        // An attribute in a name has no options, so `;` has no place here.
        let name = self.octets[start..<self.at]
        guard !name.contains(UInt8(ascii: ";")), let type = AttributeName(String(decoding: name, as: UTF8.self)) else {
            throw .expectedAttribute(at: start)
        }
        self.skipBlanks()
        guard self.take(UInt8(ascii: "=")) else { throw .expectedEquals(at: self.at) }
        self.skipBlanks()
        let value = self.next == UInt8(ascii: "#") ? try self.encodedValue() : try self.textValue()
        return RelativeDistinguishedName.Assertion(type: type, value: value)
    }

    private mutating func encodedValue() throws(DistinguishedNameError) -> RelativeDistinguishedName.Value {
        let start = self.at
        self.at += 1
        var octets: [UInt8] = []
        while let high = self.next?.hexValue {
            guard self.at + 1 < self.octets.count, let low = self.octets[self.at + 1].hexValue else {
                throw .badHex(at: start)
            }
            octets.append(high << 4 | low)
            self.at += 2
        }
        self.skipBlanks()
        guard !octets.isEmpty, self.isAtSeparator else { throw .badHex(at: start) }
        return .encoded(octets)
    }

    private mutating func textValue() throws(DistinguishedNameError) -> RelativeDistinguishedName.Value {
        var value: [UInt8] = []
        // Blanks at the end count only up to the last that was escaped.
        var kept = 0
        while let octet = self.next, !self.isAtSeparator {
            switch octet {
            case UInt8(ascii: "\\"):
                value.append(try self.escaped())
                kept = value.count
            case UInt8(ascii: "\""), UInt8(ascii: ";"), UInt8(ascii: "<"), UInt8(ascii: ">"), 0x00:
                throw .unescaped(at: self.at)
            default:
                value.append(octet)
                self.at += 1
                if octet != UInt8(ascii: " ") { kept = value.count }
            }
        }
        guard let text = String(validating: value.prefix(kept), as: UTF8.self) else { throw .notUTF8(at: self.at) }
        return .text(text)
    }

    private mutating func escaped() throws(DistinguishedNameError) -> UInt8 {
        let start = self.at
        self.at += 1
        guard let octet = self.next else { throw .badEscape(at: start) }
        self.at += 1
        if let high = octet.hexValue {
            guard let low = self.next?.hexValue else { throw .badEscape(at: start) }
            self.at += 1
            return high << 4 | low
        }
        guard Array(" \"#+,;<=>\\".utf8).contains(octet) else { throw .badEscape(at: start) }
        return octet
    }

    private var next: UInt8? { self.at < self.octets.count ? self.octets[self.at] : nil }

    private var isAtSeparator: Bool {
        self.next == nil || self.next == UInt8(ascii: ",") || self.next == UInt8(ascii: "+")
    }

    private mutating func take(_ octet: UInt8) -> Bool {
        guard self.next == octet else { return false }
        self.at += 1
        return true
    }

    private mutating func skipBlanks() {
        while self.next == UInt8(ascii: " ") { self.at += 1 }
    }
}
