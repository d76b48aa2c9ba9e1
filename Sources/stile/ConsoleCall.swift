import Foundation

/// A request to the console's API.
struct ConsoleCall: Sendable {
    /// The methods that the API knows.
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    var method: Method
    /// The path and query, as they go on the wire.
    var path: String
    /// JSON; `nil` for none.
    var body: Data?

    /// A question.
    init(_ path: String) {
        self.init(.get, path)
    }

    /// An order.
    init(_ method: Method, _ path: String, body: Data? = nil) {
        self.method = method
        self.path = path
        self.body = body
    }
}
