/// The name of an LDAP attribute: a short name or an object identifier, with options.
///
/// The only way to get a name into a filter or a request, so that text from outside can never become syntax.
///
/// Source: RFC 4512, section 2.5 (attribute descriptions) and 1.4 (`descr`, `numericoid`).
package struct AttributeName: Hashable, Sendable {
    /// The name in lower case, which is how names compare.
    package let text: String

    /// Reads a name.
    ///
    /// - Returns: `nil` unless it is a letter followed by letters, digits and hyphens, or a dotted number, each with options after `;`.
    package init?(_ text: some StringProtocol) {
        let parts = Array(text.utf8).split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        guard let type = parts.first, text.utf8.count <= 128 else { return nil }
        guard Self.isShortName(type) || Self.isNumeric(type) else { return nil }
        guard parts.dropFirst().allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isKeyOctet) }) else { return nil }
        self.text = text.lowercased()
    }

    /// The name without options: `member` of `member;range=0-1499`.
    package var base: AttributeName {
        AttributeName(unchecked: self.text.prefix { $0 != ";" })
    }

    private init(unchecked text: some StringProtocol) {
        self.text = String(text)
    }

    private static func isShortName(_ type: ArraySlice<UInt8>) -> Bool {
        guard let first = type.first, isLetter(first) else { return false }
        return type.allSatisfy { $0 != UInt8(ascii: "=") && isKeyOctet($0) }
    }

    private static func isNumeric(_ type: ArraySlice<UInt8>) -> Bool {
        let arcs = type.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return arcs.count > 1
            && arcs.allSatisfy { arc in
                !arc.isEmpty && arc.allSatisfy(isDigit) && (arc.count == 1 || arc.first != UInt8(ascii: "0"))
            }
    }

    private static func isLetter(_ octet: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet | 0x20)
    }

    private static func isDigit(_ octet: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet)
    }

    // `=` occurs in the options of ranged retrieval (`member;range=0-1499`) and nowhere else.
    private static func isKeyOctet(_ octet: UInt8) -> Bool {
        isLetter(octet) || isDigit(octet) || octet == UInt8(ascii: "-") || octet == UInt8(ascii: "=")
    }
}

extension AttributeName: CustomStringConvertible, ExpressibleByStringLiteral {
    /// The same as ``text``.
    package var description: String { self.text }

    /// A name written in the program.
    package init(stringLiteral value: StaticString) {
        guard let name = AttributeName(value.description) else {
            preconditionFailure("`\(value)` is no attribute name")
        }
        self = name
    }
}
