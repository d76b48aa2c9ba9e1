/// The parts of what is announced, one a line, so that none can run into the next.
enum PayloadLines {
    /// Writes parts; a line break within one becomes a space, so that what is signed is what is read.
    static func join(_ parts: [String]) -> [UInt8] {
        Array(
            parts.map { $0.split(omittingEmptySubsequences: false) { $0.isNewline }.joined(separator: " ") }
                .joined(separator: "\n").utf8
        )
    }

    /// Reads exactly so many parts; `nil` for anything else.
    static func split(_ payload: [UInt8], into count: Int) -> [String]? {
        guard let text = String(validating: payload, as: UTF8.self) else { return nil }
        let parts = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // What would be written otherwise was not written here.
        return parts.count == count && self.join(parts) == payload ? parts : nil
    }

    /// Whether a text can be shown to people in one line: nothing in it moves a cursor or hides.
    static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: false
            default: true
            }
        }
    }
}
