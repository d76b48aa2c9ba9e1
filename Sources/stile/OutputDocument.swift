import Foundation

/// What a command shows to programs: JSON over several lines, its keys in order.
protocol OutputDocument: Encodable {}

extension OutputDocument {
    /// The document as text.
    ///
    /// - Throws: `EncodingError` for a number that JSON cannot write.
    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
