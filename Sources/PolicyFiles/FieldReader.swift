package import Catalog

/// Reads the fields of one mapping and says what is missing, wrong or unknown.
///
/// Every accessor notes its own error and answers `nil`, so a reader goes on and finds the next error too. ``finish()``
/// refuses the keys that nobody asked for: a misspelt key in a security file must never be silently without effect.
package struct FieldReader {
    /// The mapping's place.
    package let position: SourcePosition
    /// Where errors go.
    package let findings: Findings

    private let subject: String
    private let entries: [String: YAMLValue.Entry]
    private let order: [String]
    private var known: [String] = []

    /// Opens a mapping; what is none is a finding, and there is no reader.
    ///
    /// - Parameters:
    ///   - value: What stands in the file.
    ///   - subject: What it describes, with its article, for error sentences: "a data set".
    ///   - findings: Where errors go.
    package init?(_ value: YAMLValue, subject: String, findings: Findings) {
        switch value.content {
        case .mapping(let entries):
            // Yams has refused duplicate keys already.
            self.entries = Dictionary(entries.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
            self.order = entries.map(\.key)
        case .nothing:
            self.entries = [:]
            self.order = []
        case .text, .list:
            findings.note("found \(value.kindInWords), expected \(subject) as `key: value` lines", at: value.position)
            return nil
        }
        self.position = value.position
        self.subject = subject
        self.findings = findings
    }

    /// The keys in the order of the file.
    package var keys: [String] { self.order }

    /// The value under a key, whatever it is; `nil` when the key is absent or empty.
    package mutating func value(_ key: String) -> YAMLValue? {
        self.known.append(key)
        guard let entry = self.entries[key], entry.value.content != .nothing else { return nil }
        return entry.value
    }

    /// The value under a key that must be there.
    package mutating func requiredValue(_ key: String) -> YAMLValue? {
        guard let value = self.value(key) else {
            self.findings.note("\(self.subject) without `\(key)`, expected `\(key): …`", at: self.position)
            return nil
        }
        return value
    }

    /// The text under a key; numbers and booleans count as their text.
    package mutating func text(_ key: String) -> String? {
        self.value(key).flatMap { self.asText($0, key: key) }
    }

    /// The text under a key that must be there.
    package mutating func requiredText(_ key: String) -> String? {
        self.requiredValue(key).flatMap { self.asText($0, key: key) }
    }

    /// The texts under a key: a list, or one text.
    package mutating func texts(_ key: String) -> [String]? {
        self.value(key).map { value in
            guard case .list(let items) = value.content else {
                return self.asText(value, key: key).map { [$0] } ?? []
            }
            return items.compactMap { self.asText($0, key: key) }
        }
    }

    /// `true`/`false` under a key.
    package mutating func boolean(_ key: String) -> Bool? {
        self.value(key).flatMap { value in
            switch value.content {
            case .text("true", isQuoted: false): return true
            case .text("false", isQuoted: false): return false
            default:
                self.note("found \(value.kindInWords) under `\(key)`, expected `true` or `false`", at: value)
                return nil
            }
        }
    }

    /// A whole number within `range` under a key.
    package mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        self.value(key).flatMap { value in
            guard case .text(let text, _) = value.content, let number = Int(text), range.contains(number) else {
                let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
                self.note("found \(value.kindInWords) under `\(key)`, expected \(expected)", at: value)
                return nil
            }
            return number
        }
    }

    /// A span of time under a key: a number and `ms`, `s`, `m`, `h` or `d`.
    package mutating func duration(_ key: String) -> Duration? {
        self.value(key).flatMap { value in
            guard case .text(let text, _) = value.content, let duration = Duration(written: text) else {
                self.note(
                    "found \(value.kindInWords) under `\(key)`, expected a time span such as `500ms`, `30s`, `5m`, `2h` or `365d`",
                    at: value
                )
                return nil
            }
            return duration
        }
    }

    /// An amount of bytes under a key: a number, and `KiB`, `MiB` or `GiB`.
    package mutating func bytes(_ key: String) -> Int? {
        self.value(key).flatMap { value in
            guard case .text(let text, _) = value.content, let bytes = Int(writtenAsBytes: text) else {
                self.note(
                    "found \(value.kindInWords) under `\(key)`, expected a size such as `64KiB` or `1MiB`",
                    at: value
                )
                return nil
            }
            return bytes
        }
    }

    /// Opens the mapping under a key.
    package mutating func fields(_ key: String, subject: String) -> FieldReader? {
        self.value(key).flatMap { FieldReader($0, subject: subject, findings: self.findings) }
    }

    /// Opens one named thing.
    package func opened(_ entry: YAMLValue.Entry, subject: String) -> FieldReader? {
        FieldReader(entry.value, subject: subject, findings: self.findings)
    }

    /// The items under a key that must be a list.
    package mutating func items(_ key: String, of what: String) -> [YAMLValue] {
        guard let value = self.value(key) else { return [] }
        guard case .list(let items) = value.content else {
            self.note(
                "found \(value.kindInWords) under `\(key)`, expected a list of \(what), each after `- `",
                at: value
            )
            return []
        }
        return items
    }

    /// The named things under a key: a mapping from name to description.
    package mutating func named(_ key: String, what: String) -> [YAMLValue.Entry] {
        guard let value = self.value(key) else { return [] }
        guard case .mapping(let entries) = value.content else {
            self.note("found \(value.kindInWords) under `\(key)`, expected \(what) by name", at: value)
            return []
        }
        return entries
    }

    /// Notes an error at a value of this mapping.
    package func note(_ message: String, at value: YAMLValue) {
        self.findings.note(message, at: value.position)
    }

    /// Notes an error at the mapping itself.
    package func note(_ message: String) {
        self.findings.note(message, at: self.position)
    }

    /// Refuses the keys that were not asked for.
    package func finish() {
        for key in self.order where !self.known.contains(key) {
            var expected: [String] = []
            for name in self.known where !expected.contains("`\(name)`") { expected.append("`\(name)`") }
            self.findings.note(
                "unknown key `\(key)` in \(self.subject), expected one of \(expected.joined(separator: ", "))",
                at: self.entries[key]?.position ?? self.position,
                remedy: nearestName(to: key, among: self.known).map { "did you mean `\($0)`?" }
            )
        }
    }

    private func asText(_ value: YAMLValue, key: String) -> String? {
        guard case .text(let text, _) = value.content else {
            self.note("found \(value.kindInWords) under `\(key)`, expected a text", at: value)
            return nil
        }
        return text
    }
}

extension YAMLValue {
    /// The value for an error sentence: a text in backticks, anything else by its kind.
    package var kindInWords: String {
        switch self.content {
        case .text(let text, _): "`\(text.prefix(80))`"
        case .nothing: "nothing"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }
}

extension Duration {
    /// Reads a span as people write it: digits, then `ms`, `s`, `m`, `h` or `d`.
    package init?(written text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits), number <= 1_000_000_000 else { return nil }
        switch text.dropFirst(digits.count) {
        case "ms": self = .milliseconds(number)
        case "s": self = .seconds(number)
        case "m": self = .seconds(number * 60)
        case "h": self = .seconds(number * 3_600)
        case "d": self = .seconds(number * 86_400)
        default: return nil
        }
    }
}

extension Int {
    fileprivate init?(writtenAsBytes text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), number <= 1 << 30 else { return nil }
        switch text.dropFirst(digits.count) {
        case "": self = number
        case "KiB": self = number << 10
        case "MiB": self = number << 20
        case "GiB": self = number << 30
        default: return nil
        }
    }
}
