import Foundation

/// Reads the JSON body of an order.
enum Orders {
    struct Problem: Error {
        let answer: ConsoleAnswer
    }

    /// - Parameters:
    ///   - type: What it is.
    ///   - request: The request.
    ///   - example: What is expected, for the answer to something else.
    /// - Returns: The order.
    /// - Throws: ``Problem`` with the answer.
    static func read<Order: Decodable>(
        _ type: Order.Type,
        from request: ConsoleRequest,
        example: String
    ) throws(Problem) -> Order {
        let essence = request.contentType?.split(separator: ";").first?.trimmingCharacters(in: .whitespaces)
            .lowercased()
        guard essence == "application/json" else {
            throw Problem(answer: .problem(415, "expected a body of the type `application/json`"))
        }
        guard let order = try? JSONDecoder().decode(type, from: Data(request.body)) else {
            throw Problem(answer: .problem(400, "the order could not be read, expected for example \(example)"))
        }
        return order
    }
}
