/// Why a text is not a search filter.
package enum SearchFilterError: Error, Hashable, Sendable {
    /// This character was expected at this offset in octets.
    case expected(Character, at: Int)

    /// An attribute name was expected at this offset.
    case expectedAttribute(at: Int)

    /// One of `=`, `>=`, `<=`, `~=`, `:=` was expected at this offset.
    case expectedComparison(at: Int)

    /// A `\` at this offset is not followed by two hex digits.
    case badEscape(at: Int)

    /// The octet at this offset has to be written as `\` and two hex digits.
    case unescaped(at: Int)

    /// There is more text after the filter's end.
    case trailingText(at: Int)

    /// Longer than ``SearchFilter/maximumLength`` octets or nested deeper than ``SearchFilter/maximumDepth``.
    case tooLong
}

extension SearchFilterError: CustomStringConvertible {
    /// One line for people: what was expected, and where.
    package var description: String {
        switch self {
        case .expected(let character, let at): "expected `\(character)` at character \(at + 1)"
        case .expectedAttribute(let at): "expected an attribute such as `uid` at character \(at + 1)"
        case .expectedComparison(let at): "expected `=`, `>=`, `<=`, `~=` or `:=` at character \(at + 1)"
        case .badEscape(let at): "expected two hex digits after the `\\` at character \(at + 1)"
        case .unescaped(let at): "the character at \(at + 1) must be written as `\\` and two hex digits"
        case .trailingText(let at): "the filter ends before character \(at + 1), but there is more text"
        case .tooLong:
            "the filter is longer than \(SearchFilter.maximumLength) octets or deeper than \(SearchFilter.maximumDepth)"
        }
    }
}

extension SearchFilter {
    /// The longest filter that is read, in octets.
    package static let maximumLength = 8_192

    /// How deep filters may nest.
    package static let maximumDepth = 32

    /// Reads a filter that an operator wrote into a configuration file.
    ///
    /// Never for what a person at the door typed: that is an ``AssertionValue``.
    ///
    /// - Parameter text: For example `(&(objectClass=person)(!(employeeType=external)))`.
    /// - Throws: ``SearchFilterError`` with the place.
    package init(_ text: String) throws(SearchFilterError) {
        var parser = SearchFilterParser(text)
        self = try parser.filter()
    }
}

/// Reads the written form of a filter, octet by octet.
///
/// Source: RFC 4515, section 3; RFC 4526 for `(&)` and `(|)`.
private struct SearchFilterParser {
    private let octets: [UInt8]
    private var at = 0

    init(_ text: String) {
        self.octets = Array(text.utf8)
    }

    mutating func filter() throws(SearchFilterError) -> SearchFilter {
        guard self.octets.count <= SearchFilter.maximumLength else { throw .tooLong }
        let filter = try self.parenthesised(depth: 0)
        guard self.at == self.octets.count else { throw .trailingText(at: self.at) }
        return filter
    }

    private mutating func parenthesised(depth: Int) throws(SearchFilterError) -> SearchFilter {
        guard depth < SearchFilter.maximumDepth else { throw .tooLong }
        try self.expect("(")
        let filter: SearchFilter
        switch self.next {
        case UInt8(ascii: "&"):
            self.at += 1
            filter = .all(try self.list(depth: depth))
        case UInt8(ascii: "|"):
            self.at += 1
            filter = .any(try self.list(depth: depth))
        case UInt8(ascii: "!"):
            self.at += 1
            filter = .not(try self.parenthesised(depth: depth + 1))
        default: filter = try self.comparison()
        }
        try self.expect(")")
        return filter
    }

    private mutating func list(depth: Int) throws(SearchFilterError) -> [SearchFilter] {
        var filters: [SearchFilter] = []
        while self.next == UInt8(ascii: "(") { filters.append(try self.parenthesised(depth: depth + 1)) }
        return filters
    }

    private mutating func comparison() throws(SearchFilterError) -> SearchFilter {
        let start = self.at
        while let octet = self.next, !Array("=<>~:()".utf8).contains(octet) { self.at += 1 }
        let name = AttributeName(String(decoding: self.octets[start..<self.at], as: UTF8.self))
        if self.next == UInt8(ascii: ":") { return try self.extensible(name, start: start) }
        guard let name else { throw .expectedAttribute(at: start) }
        switch self.next {
        case UInt8(ascii: "="):
            self.at += 1
            return try self.equality(name)
        case UInt8(ascii: ">"):
            try self.expectAfterSign()
            return .atLeast(name, try self.value())
        case UInt8(ascii: "<"):
            try self.expectAfterSign()
            return .atMost(name, try self.value())
        case UInt8(ascii: "~"):
            try self.expectAfterSign()
            return .approximately(name, try self.value())
        default: throw .expectedComparison(at: self.at)
        }
    }

    private mutating func extensible(_ name: AttributeName?, start: Int) throws(SearchFilterError) -> SearchFilter {
        guard name != nil || self.at == start else { throw .expectedAttribute(at: start) }
        var includesName = false
        var rule: AttributeName?
        while self.next == UInt8(ascii: ":") {
            self.at += 1
            if self.next == UInt8(ascii: "=") {
                self.at += 1
                guard name != nil || rule != nil else { throw .expectedAttribute(at: start) }
                return .extensible(name, rule: rule, includesName: includesName, try self.value())
            }
            let word = self.at
            while let octet = self.next, octet != UInt8(ascii: ":"), octet != UInt8(ascii: ")") { self.at += 1 }
            let text = String(decoding: self.octets[word..<self.at], as: UTF8.self)
            if text.lowercased() == "dn", !includesName, rule == nil {
                includesName = true
            } else if let oid = AttributeName(text), rule == nil {
                rule = oid
            } else {
                throw .expectedAttribute(at: word)
            }
        }
        throw .expectedComparison(at: self.at)
    }

    private mutating func equality(_ name: AttributeName) throws(SearchFilterError) -> SearchFilter {
        var pieces: [AssertionValue] = [try self.value()]
        while self.next == UInt8(ascii: "*") {
            // Nothing between two stars is a slip of the pen.
            guard pieces.count == 1 || pieces[pieces.count - 1].octets != [] else { throw .unescaped(at: self.at) }
            self.at += 1
            pieces.append(try self.value())
        }
        guard pieces.count > 1 else { return .equals(name, pieces[0]) }
        if pieces.count == 2, pieces.allSatisfy(\.octets.isEmpty) { return .present(name) }
        let middle = pieces.dropFirst().dropLast()
        return .substrings(
            name,
            initial: pieces.first.flatMap { $0.octets.isEmpty ? nil : $0 },
            middle: Array(middle),
            final: pieces.last.flatMap { $0.octets.isEmpty ? nil : $0 }
        )
    }

    private mutating func value() throws(SearchFilterError) -> AssertionValue {
        var value: [UInt8] = []
        while let octet = self.next {
            switch octet {
            case UInt8(ascii: ")"), UInt8(ascii: "*"): return AssertionValue(octets: value)
            case UInt8(ascii: "("), 0x00: throw .unescaped(at: self.at)
            case UInt8(ascii: "\\"):
                guard self.at + 2 < self.octets.count, let high = self.octets[self.at + 1].hexValue,
                    let low = self.octets[self.at + 2].hexValue
                else { throw .badEscape(at: self.at) }
                value.append(high << 4 | low)
                self.at += 3
            default:
                value.append(octet)
                self.at += 1
            }
        }
        return AssertionValue(octets: value)
    }

    private mutating func expectAfterSign() throws(SearchFilterError) {
        self.at += 1
        guard self.next == UInt8(ascii: "=") else { throw .expectedComparison(at: self.at) }
        self.at += 1
    }

    private mutating func expect(_ character: Character) throws(SearchFilterError) {
        guard self.next == character.asciiValue else { throw .expected(character, at: self.at) }
        self.at += 1
    }

    private var next: UInt8? { self.at < self.octets.count ? self.octets[self.at] : nil }
}
