import SecurityLabels

/// The sentence of a policy's `@reason`, with places for the values of the question.
///
///     template    = *( text / "{" placeholder "}" )
///     text        = any characters; "{{" and "}}" stand for "{" and "}"
///     placeholder = one of ``Placeholder``
struct ReasonTemplate: Hashable, Sendable {
    /// A value that can be filled in.
    enum Placeholder: String, Hashable, CaseIterable, Sendable {
        /// The name of the label's level.
        case level = "resource.level"
        /// The label's categories.
        case categories = "resource.categories"
        /// The whole label.
        case label = "resource.label"
        /// The resource's title.
        case title = "resource.title"
        /// The resource's id in the catalog.
        case resource = "resource.id"
        /// Who answers for it.
        case owner = "resource.owner"
        /// The level of the person's clearance.
        case clearance = "principal.clearance"
        /// The person's login name.
        case name = "principal.name"
        /// The categories that the person lacks.
        case missing = "missing"
        /// The action.
        case action = "action"
        /// The service.
        case service = "context.service"

        /// Whether the value names categories, which only ``ExplainDepth/full`` may tell.
        var namesCategories: Bool { self == .categories || self == .label || self == .missing }
    }

    /// Why a template could not be read.
    enum Problem: Error, Hashable, CustomStringConvertible {
        case unknown(String)
        case unclosed
        case unopened

        var description: String {
            switch self {
            case .unknown(let text):
                "unknown placeholder `{\(text)}` in `@reason`, expected one of: "
                    + Placeholder.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
            case .unclosed: "`{` without `}` in `@reason`, expected a placeholder, or `{{` for the character itself"
            case .unopened: "`}` without `{` in `@reason`, expected `}}` for the character itself"
            }
        }
    }

    private enum Part: Hashable {
        case text(String)
        case value(Placeholder)
    }

    private let parts: [Part]

    /// Whether the text itself names one of the scheme's categories.
    private let namesCategories: Bool

    /// Reads a template.
    init(_ text: String, scheme: Scheme) throws(Problem) {
        var parts: [Part] = []
        var literal = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "{" where rest.first == "{", "}" where rest.first == "}":
                literal.append(rest.removeFirst())
            case "{":
                guard let end = rest.firstIndex(of: "}") else { throw .unclosed }
                guard let placeholder = Placeholder(rawValue: String(rest[..<end])) else {
                    throw .unknown(String(rest[..<end]))
                }
                if !literal.isEmpty { parts.append(.text(literal)) }
                literal = ""
                parts.append(.value(placeholder))
                rest = rest[rest.index(after: end)...]
            case "}":
                throw .unopened
            default:
                literal.append(character)
            }
        }
        if !literal.isEmpty { parts.append(.text(literal)) }
        self.parts = parts
        let lowered = text.lowercased()
        self.namesCategories = scheme.categories.contains { category, definition in
            lowered.contains(category.name.lowercased())
                || (!definition.title.isEmpty && lowered.contains(definition.title.lowercased()))
        }
    }

    /// The sentence when nothing has to be filled in; `nil` when something has.
    var constant: String? {
        switch self.parts.count {
        case 0: ""
        case 1: if case .text(let text) = self.parts[0] { text } else { nil }
        default: nil
        }
    }

    /// The sentence with every value.
    func sentence(_ value: (Placeholder) -> String) -> String {
        if let constant { return constant }
        return self.parts.map { part in
            switch part {
            case .text(let text): text
            case .value(let placeholder): value(placeholder)
            }
        }.joined()
    }

    /// The sentence with what names categories left out; `nil` when the policy's author wrote a category's name into it.
    func guardedSentence(_ value: (Placeholder) -> String) -> String? {
        guard !self.namesCategories else { return nil }
        return self.sentence { $0.namesCategories ? "(not disclosed)" : value($0) }
    }
}
