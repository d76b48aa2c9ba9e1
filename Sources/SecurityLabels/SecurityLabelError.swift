/// Why a name, a marking or a scheme could not be read.
public enum SecurityLabelError: Error, Hashable, CustomStringConvertible, Sendable {
    /// A level or category name is empty, too long, or has a character outside letters, digits, `-`, `_` and `.`.
    case malformedName(String)

    /// The part of a marking before `//` is no level of the scheme, whose levels are `known`.
    case unknownLevel(String, known: [String])

    /// A category of a marking is not defined in the scheme, whose categories are `known`.
    case unknownCategory(String, known: [String])

    /// A marking names the same category twice.
    case repeatedCategory(String)

    /// A scheme has no level at all.
    case noLevels

    /// Two levels of a scheme have one name, or names that differ in case only.
    case repeatedLevel(String)

    /// Two categories of a scheme have names that differ in case only.
    case ambiguousCategory(String)

    /// One line for people: what was found, and what was expected.
    public var description: String {
        switch self {
        case .malformedName(let text):
            "malformed name `\(text)`, expected 1 to \(LabelName.maximumLength) of letters, digits, `-`, `_` and `.`"
        case .unknownLevel(let text, let known):
            "unknown classification level `\(text)`, expected one of: \(known.joined(separator: ", "))"
        case .unknownCategory(let text, let known):
            "unknown category `\(text)`, expected "
                + (known.isEmpty
                    ? "none, since the scheme defines no categories" : "one of: \(known.joined(separator: ", "))")
        case .repeatedCategory(let name):
            "category `\(name)` is named twice, expected each category once"
        case .noLevels:
            "no classification levels, expected a list with at least one, lowest first"
        case .repeatedLevel(let name):
            "level `\(name)` is named twice, expected names that differ in more than case"
        case .ambiguousCategory(let name):
            "category `\(name)` is defined twice, expected names that differ in more than case"
        }
    }
}
