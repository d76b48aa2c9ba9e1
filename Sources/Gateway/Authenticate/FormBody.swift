/// The fields of a form, as browsers send them: each once, none unknown.
///
/// Source: WHATWG URL, section 5.1, `application/x-www-form-urlencoded`; stricter than it where it guesses.
package struct FormBody {
    private var values: [String: [UInt8]] = [:]

    /// The longest form that is read, in bytes.
    package static let maximumLength = 8_192

    /// Reads a body; `nil` when anything is not as a browser writes it: a broken escape, a field twice, a field that the form does not have.
    ///
    /// - Parameters:
    ///   - body: The whole body.
    ///   - names: The fields that there may be.
    package init?(_ body: [UInt8], fields names: Set<String>) {
        guard body.count <= Self.maximumLength else { return nil }
        for pair in body.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = decodedForm(parts[0]), let value = decodedForm(parts[1]),
                let text = String(validating: name, as: UTF8.self), names.contains(text),
                self.values.updateValue(value, forKey: text) == nil
            else { return nil }
        }
    }

    /// The value of a field; `nil` when the form was sent without it.
    package subscript(name: String) -> [UInt8]? { self.values[name] }

    /// Whether a `Content-Type` value is a form's.
    static func isType(_ type: [UInt8]?) -> Bool {
        guard let type else { return false }
        let essence = Array(type.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 })
        return essence.span.isText("application/x-www-form-urlencoded")
    }
}

/// Decodes percent escapes, and `+` as a space; `nil` when an escape is broken.
package func decodedForm(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var octets: [UInt8] = []
    octets.reserveCapacity(text.count)
    var rest = text
    while let octet = rest.popFirst() {
        switch octet {
        case UInt8(ascii: "+"): octets.append(0x20)
        case UInt8(ascii: "%"):
            guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                return nil
            }
            octets.append(high << 4 | low)
        default: octets.append(octet)
        }
    }
    return octets
}

private func hexDigit(_ octet: UInt8) -> UInt8? {
    switch octet {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): octet - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): octet - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): octet - UInt8(ascii: "A") + 10
    default: nil
    }
}
