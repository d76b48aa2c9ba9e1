/// Why a JSON text was refused.
package enum JSONError: Error, Hashable, CustomStringConvertible {
    /// Something else was expected at this offset.
    case unexpected(expected: String, at: Int)

    /// The text is not UTF-8, or an escape stands for half a character.
    case notText(at: Int)

    /// An object has two members of this name.
    case repeatedName(String)

    /// Arrays and objects are nested deeper than this.
    case tooDeep(limit: Int)

    /// There are more values than this.
    case tooManyValues(limit: Int)

    /// One line for people.
    package var description: String {
        switch self {
        case .unexpected(let expected, let offset): "malformed JSON at byte \(offset), expected \(expected)"
        case .notText(let offset): "malformed JSON at byte \(offset), expected UTF-8 text"
        case .repeatedName(let name): "the JSON name `\(name)` is given twice in one object, expected it once"
        case .tooDeep(let limit): "the JSON is nested too deep, expected at most \(limit) levels"
        case .tooManyValues(let limit): "the JSON has too many values, expected at most \(limit)"
        }
    }
}
