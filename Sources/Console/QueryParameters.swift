/// The query of a console request, each parameter once, none unknown.
///
/// A misspelt filter that is silently ignored would show an auditor more than they asked about, or less than there is.
package struct QueryParameters {
    /// What is wrong with a query.
    package struct Malformed: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    private var values: [String: String] = [:]
    private var known: [String] = []

    /// Reads a query (`a=1&b=2`, percent-encoded, `+` for a space).
    package init(_ query: String?) throws(Malformed) {
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let value = Self.decoded(parts.count == 2 ? parts[1] : "") else {
                throw Malformed(description: "found the parameter `\(pair)`, expected percent-encoded UTF-8")
            }
            // Empty is what an unset variable makes of a filter, and it would show everything.
            guard !value.isEmpty else {
                throw Malformed(
                    description: "found `\(name.prefix(80))` with nothing in it, expected a value, or not at all"
                )
            }
            guard self.values.updateValue(value, forKey: name) == nil else {
                throw Malformed(description: "found `\(name)` twice, expected it once")
            }
        }
    }

    /// A parameter's text, never empty; `nil` when it is absent.
    package mutating func text(_ name: String) -> String? {
        self.known.append(name)
        return self.values[name]
    }

    /// A parameter read by `reader`, which answers `nil` for what it doesn't know.
    mutating func value<Value>(
        _ name: String,
        expected: String,
        _ reader: (String) -> Value?
    ) throws(Malformed) -> Value? {
        guard let text = self.text(name) else { return nil }
        guard let value = reader(text) else {
            throw Malformed(description: "found `\(text.prefix(80))` as `\(name)`, expected \(expected)")
        }
        return value
    }

    /// Refuses the parameters that were not asked for.
    package func finish() throws(Malformed) {
        guard let unknown = self.values.keys.filter({ !self.known.contains($0) }).min() else { return }
        let expected = self.known.map { "`\($0)`" }.joined(separator: ", ")
        throw Malformed(description: "unknown parameter `\(unknown.prefix(80))`, expected some of \(expected)")
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst()?.hexDigit, let low = rest.popFirst()?.hexDigit else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
