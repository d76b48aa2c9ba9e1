/// A request as a profile sees it: what is decided on is what is forwarded, byte for byte.
package struct ProfileRequest: Sendable {
    /// The methods that profiles tell apart; any other is refused before a profile is asked.
    package enum Method: String, Hashable, Sendable, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// What is known of the request's body.
    package enum Body: Sendable {
        /// There is none: no length, or a length of zero, and no transfer coding.
        case none
        /// There is one, and it has not been read.
        case unread
        /// It has been read to its end, and is held.
        case held([UInt8])
    }

    /// The method.
    package let method: Method

    /// The canonical path below the mount prefix; begins with `/`, percent-encoded as it will be forwarded.
    package let path: [UInt8]

    /// The raw query without its `?`; `nil` when the target has none.
    package let query: [UInt8]?

    /// The value of `Content-Type`; `nil` when there is none.
    package let contentType: [UInt8]?

    /// The body, as far as it has been read.
    package let body: Body

    /// Puts a request together.
    package init(method: Method, path: [UInt8], query: [UInt8]?, contentType: [UInt8]?, body: Body) {
        self.method = method
        self.path = path
        self.query = query
        self.contentType = contentType
        self.body = body
    }
}
