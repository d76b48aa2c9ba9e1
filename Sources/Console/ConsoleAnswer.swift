import Foundation

/// The console's answer: JSON, always.
package struct ConsoleAnswer: Sendable {
    /// The HTTP status.
    package var status: Int
    /// `application/json`, or `application/problem+json` (RFC 9457).
    package var contentType: String
    /// The body.
    package var body: [UInt8]

    static func json(_ value: some Encodable, status: Int = 200) -> ConsoleAnswer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            return self.problem(500, "the answer could not be written as JSON")
        }
        return ConsoleAnswer(status: status, contentType: "application/json", body: Array(data))
    }

    static func problem(_ status: Int, _ detail: String) -> ConsoleAnswer {
        struct Problem: Encodable {
            var type = "about:blank"
            var status: Int
            var detail: String
        }
        let encoder = JSONEncoder()
        // In one order always, or the order would tell two answers apart that must be alike.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = (try? encoder.encode(Problem(status: status, detail: detail))) ?? Data()
        return ConsoleAnswer(status: status, contentType: "application/problem+json", body: Array(data))
    }
}
