/// Where a call names the tags of a trace that it sets or removes.
///
/// MLflow keeps the place of a trace's data in the trace's tags and reads the data from wherever they say, another
/// experiment's artifacts and the server's own files included. Its own client treats these tags as immutable; its server
/// takes them from anybody.
enum MLflowTraceTags: Sendable {
    /// In fields of these names, as `key` or `tags[].key`.
    case keys(String)

    /// As the names of the members of an object.
    case names(of: String)

    /// The tags that say where data lies, in lower case; each shorter than 64 letters.
    private static let places = [
        "mlflow.artifactlocation", "mlflow.trace.spanslocation", "mlflow.trace.archivelocation",
    ]

    /// Refuses a call that names one of them, in any spelling that a database might take for the same.
    func check(_ arguments: MLflowArguments) throws(RouteRefusal) {
        let keys: [String] =
            switch self {
            case .keys(let field): try arguments.values(field)
            case .names(let field): try arguments.names(of: field)
            }
        for key in keys where Self.places.contains(where: { Self.mayBeTaken(key, for: $0) }) {
            throw .forbiddenValue("the tag `\(key)` says where a trace's data lies, leave it out")
        }
    }

    /// Whether some database takes a key for this one: with `utf8mb4_0900_ai_ci`, what MySQL compares by unless it is told otherwise,
    /// `mlflow.ártifactLocation` is `mlflow.artifactLocation`.
    ///
    /// Letters that are written like Latin ones stand for any letter, a ligature for up to three, and marks and what is not seen for
    /// nothing. That is more than any collation takes for equal, and little of what people call their tags.
    ///
    /// Source: Unicode Technical Standard 10, sections 3.2 and 4.
    private static func mayBeTaken(_ key: String, for place: String) -> Bool {
        let letters = Array(place.utf8)
        // One bit for each number of letters that may be matched by now.
        var reached: UInt64 = 1
        for scalar in key.unicodeScalars {
            switch Self.part(of: scalar) {
            case .nothing: continue
            case .letter(let letter):
                var next: UInt64 = 0
                for (position, expected) in letters.enumerated() where expected == letter {
                    next |= (reached >> UInt64(position) & 1) << UInt64(position + 1)
                }
                reached = next
            case .letters(let most): reached = (1...UInt64(most)).reduce(0) { $0 | reached << $1 }
            }
            guard reached != 0 else { return false }
        }
        return reached >> UInt64(letters.count) & 1 == 1
    }

    /// What a character may stand for in a comparison.
    private enum Part {
        case nothing
        case letter(UInt8)
        /// Any, up to so many.
        case letters(Int)
    }

    private static func part(of scalar: Unicode.Scalar) -> Part {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .format, .nonspacingMark, .spacingMark, .enclosingMark: return .nothing
        default: break
        }
        if properties.isWhitespace || properties.isDefaultIgnorableCodePoint { return .nothing }
        if scalar.isASCII {
            let byte = UInt8(scalar.value)
            return .letter((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
        }
        let name = properties.name ?? ""
        if name.contains("LIGATURE") || name.hasPrefix("SQUARE") || name.hasPrefix("PARENTHESIZED") {
            return .letters(3)
        }
        let looksLatin = ["LATIN", "MATHEMATICAL", "SCRIPT", "BLACK-LETTER", "DOUBLE-STRUCK", "KELVIN", "FULL STOP"]
        // Zero is no letter of any place.
        return looksLatin.contains { name.contains($0) } ? .letters(1) : .letter(0)
    }
}
