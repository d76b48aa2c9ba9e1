package import Catalog
private import Yams

/// A YAML document as read, each part with its place in the file.
///
/// Yams parses; this keeps what an editor of policies needs: positions, the order of keys, and no guessing of types.
/// `no` stays the text `no` until a reader asks for a boolean.
///
/// Source: YAML 1.1 as read by libyaml. Aliases are resolved, but a document cannot grow beyond its text.
package struct YAMLValue: Sendable, Hashable {
    /// What stands here.
    package indirect enum Content: Sendable, Hashable {
        /// A plain or quoted text.
        case text(String, isQuoted: Bool)
        /// Nothing: an empty value or `~`.
        case nothing
        /// Values in order.
        case list([YAMLValue])
        /// Keys and values in the order of the file.
        case mapping([Entry])
    }

    /// A key and its value.
    package struct Entry: Sendable, Hashable {
        /// The key's text.
        package var key: String
        /// Where the key stands.
        package var position: SourcePosition
        /// What it is mapped to.
        package var value: YAMLValue
    }

    /// What stands here.
    package var content: Content

    /// Where it begins.
    package var position: SourcePosition

    /// The longest file that is read, in bytes of UTF-8.
    package static let maximumBytes = 4 << 20

    /// How deeply lists and mappings may nest.
    package static let maximumDepth = 64

    /// Reads one document; what is no YAML is a finding, and there is no value.
    ///
    /// - Parameters:
    ///   - text: The file's text.
    ///   - file: The name that errors carry.
    ///   - findings: Where errors go.
    package init?(text: String, file: String, findings: Findings) {
        do {
            self = try YAMLValue(text: text, file: file)
        } catch {
            findings.note(error)
            return nil
        }
    }

    /// Reads one document.
    ///
    /// - Parameters:
    ///   - text: The file's text.
    ///   - file: The name that errors carry.
    /// - Throws: ``PolicyDiagnostic`` at the first place that is no YAML; with broken syntax there is no second one to trust.
    package init(text: String, file: String) throws(PolicyDiagnostic) {
        guard text.utf8.count <= Self.maximumBytes else {
            throw PolicyDiagnostic(
                at: SourcePosition(file: file),
                "the file has \(text.utf8.count) bytes, expected at most \(Self.maximumBytes); split it"
            )
        }
        if let position = Self.firstTooDeepBracket(in: text, file: file) {
            throw PolicyDiagnostic(
                at: position,
                "nested deeper than \(Self.maximumDepth) levels, expected a flatter document"
            )
        }
        do {
            guard let root = try Yams.compose(yaml: text) else {
                self.init(content: .nothing, position: SourcePosition(file: file))
                return
            }
            var room = text.utf8.count + 16
            self = try Self.converted(root, file: file, depth: 0, room: &room)
        } catch let diagnostic as PolicyDiagnostic {
            throw diagnostic
        } catch let error as YamlError {
            throw Self.diagnostic(for: error, file: file)
        } catch {
            throw PolicyDiagnostic(at: SourcePosition(file: file), "not readable as YAML: \(error)")
        }
    }

    package init(content: Content, position: SourcePosition) {
        self.content = content
        self.position = position
    }

    // Yams descends by recursion, so hostile nesting must be seen before it parses.
    private static func firstTooDeepBracket(in text: String, file: String) -> SourcePosition? {
        var line = 1
        var column = 1
        var depth = 0
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n":
                line += 1
                column = 0
            case "[", "{":
                depth += 1
                if depth > self.maximumDepth { return SourcePosition(file: file, line: line, column: column) }
            case "]", "}":
                depth = max(0, depth - 1)
            default: break
            }
            column += 1
        }
        return nil
    }

    private static func converted(_ node: Node, file: String, depth: Int, room: inout Int) throws -> YAMLValue {
        let position =
            node.mark.map { SourcePosition(file: file, line: $0.line, column: $0.column) } ?? SourcePosition(file: file)
        guard depth <= self.maximumDepth else {
            throw PolicyDiagnostic(
                at: position,
                "nested deeper than \(self.maximumDepth) levels, expected a flatter document"
            )
        }
        // Without aliases there is a byte for every value; a document of aliases to aliases would grow without end.
        room -= 1
        guard room > 0 else {
            throw PolicyDiagnostic(
                at: position,
                "found more values than the file has bytes, expected few or no aliases"
            )
        }
        switch node {
        case .scalar(let scalar):
            let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
            if !isQuoted, ["", "~", "null"].contains(scalar.string) {
                return YAMLValue(content: .nothing, position: position)
            }
            return YAMLValue(content: .text(scalar.string, isQuoted: isQuoted), position: position)
        case .sequence(let sequence):
            let values = try sequence.map { try self.converted($0, file: file, depth: depth + 1, room: &room) }
            return YAMLValue(content: .list(values), position: position)
        case .mapping(let mapping):
            let entries = try mapping.map { key, value in
                let converted = try self.converted(key, file: file, depth: depth + 1, room: &room)
                guard case .text(let name, _) = converted.content else {
                    throw PolicyDiagnostic(
                        at: converted.position,
                        "found a key that is no text, expected a name"
                    )
                }
                return Entry(
                    key: name,
                    position: converted.position,
                    value: try self.converted(value, file: file, depth: depth + 1, room: &room)
                )
            }
            return YAMLValue(content: .mapping(entries), position: position)
        case .alias(let alias):
            throw PolicyDiagnostic(
                at: position,
                "found the alias `*\(alias.anchor.rawValue)`, expected the value itself"
            )
        }
    }

    private static func diagnostic(for error: YamlError, file: String) -> PolicyDiagnostic {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let place = context.map { " (\($0.text) in line \($0.mark.line))" } ?? ""
            return PolicyDiagnostic(
                at: SourcePosition(file: file, line: mark.line, column: mark.column),
                "not YAML: \(problem)\(place)"
            )
        case .reader(let problem, _, _, _):
            return PolicyDiagnostic(at: SourcePosition(file: file), "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { "`\($0)`" }.joined(separator: ", ")
            return PolicyDiagnostic(
                at: SourcePosition(file: file, line: context.mark.line, column: context.mark.column),
                "found \(names) twice in one mapping, expected each key once"
            )
        default:
            return PolicyDiagnostic(at: SourcePosition(file: file), "not YAML: \(error)")
        }
    }
}
