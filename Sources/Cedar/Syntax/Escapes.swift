/// The escapes inside double quotes: reading them and writing them.
///
///     escape = "\" ( "n" / "r" / "t" / "\" / "0" / "'" / DQUOTE / "x" 2HEXDIG / "u{" 1*6( HEXDIG / "_" ) "}" )
///
/// A pattern after `like` also knows `\*` for a star that is only a star.
///
/// Source: Cedar language 4.5, grammar, "STR" and "PAT", which take Rust's escapes of string literals.
enum Escapes {
    /// One scalar as read, and whether it was written as a bare `*`.
    struct Element: Hashable {
        let scalar: Unicode.Scalar
        let isBareStar: Bool
    }

    /// A wrong escape, by offset into the bytes read.
    struct Failure: Error, Hashable {
        let range: Range<Int>
        let message: String
    }

    /// Reads the text between quotes.
    static func text(of bytes: ArraySlice<UInt8>) -> Result<String, Failures> {
        // Most texts have neither escapes nor carriage returns.
        if !bytes.contains(where: { $0 == UInt8(ascii: "\\") || $0 == 0x0D }) {
            return .success(String(decoding: bytes, as: UTF8.self))
        }
        var reader = EscapeReader(bytes, allowsStar: false)
        let elements = reader.read()
        guard reader.failures.isEmpty else { return .failure(Failures(failures: reader.failures)) }
        var text = ""
        for element in elements { text.unicodeScalars.append(element.scalar) }
        return .success(text)
    }

    /// Reads the text of a pattern between quotes.
    static func pattern(of bytes: ArraySlice<UInt8>) -> Result<[Element], Failures> {
        var reader = EscapeReader(bytes, allowsStar: true)
        let elements = reader.read()
        return reader.failures.isEmpty ? .success(elements) : .failure(Failures(failures: reader.failures))
    }

    /// All wrong escapes of a text.
    struct Failures: Error, Hashable {
        let failures: [Failure]
    }

    /// The text in quotes, escaped so that it reads back exactly.
    static func quoted(_ text: String) -> String {
        "\"" + self.escaped(text) + "\""
    }

    /// The text with what has to be escaped escaped, printable text left alone.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            // A combining mark is readable behind what it combines with, not behind the opening quote.
            if scalar.isCombining, scalar.isPrintable, !escaped.isEmpty {
                escaped.unicodeScalars.append(scalar)
            } else {
                escaped += self.escaped(scalar)
            }
        }
        return escaped
    }

    /// One scalar, escaped if it has to be.
    static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\\": return "\\\\"
        case "\"": return "\\\""
        case "\'": return "\\'"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\0": return "\\0"
        default:
            if scalar.isPrintable, !scalar.isCombining { return String(scalar) }
            return "\\u{\(String(scalar.value, radix: 16))}"
        }
    }
}

extension Unicode.Scalar {
    /// Whether it can show as itself on a line of text: neither a control, a format nor a separator.
    var isPrintable: Bool {
        if self.isASCII { return self.value >= 0x20 && self.value < 0x7F }
        // What displays may leave out, variation selectors among it, would hide in a text.
        if self.properties.isDefaultIgnorableCodePoint { return false }
        switch self.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default:
            return true
        }
    }

    /// Whether it only shows together with what stands before it.
    var isCombining: Bool {
        !self.isASCII && self.properties.isGraphemeExtend
    }
}
