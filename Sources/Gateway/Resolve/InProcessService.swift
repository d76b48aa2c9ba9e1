package import Catalog
package import DecisionLog
package import Directory

/// A room of this process that answers requests: it is behind the gateway like any upstream, and has no front door.
package struct InProcessService: Sendable {
    /// What a method and a path ask for; `nil` for a route that does not exist.
    package var question: @Sendable (_ method: String, _ path: String) -> Question?

    /// The answer to a request that was allowed and recorded.
    package var answer: @Sendable (InProcessRequest) async -> InProcessAnswer

    /// The longest body that is taken, in bytes; default 1 MiB.
    package var bodyLimit = 1 << 20

    package init(
        question: @escaping @Sendable (_ method: String, _ path: String) -> Question?,
        answer: @escaping @Sendable (InProcessRequest) async -> InProcessAnswer
    ) {
        self.question = question
        self.answer = answer
    }
}

/// A request to a room of this process: authenticated, allowed and recorded.
package struct InProcessRequest: Sendable {
    /// The method, as written.
    package let method: String
    /// The canonical path below the service's mount.
    package let path: String
    /// The query without its `?`; `nil` when there is none.
    package let query: String?
    /// The value of `Content-Type`; `nil` when there is no body or no type.
    package let contentType: String?
    /// The body, whole.
    package let body: [UInt8]
    /// Who asks.
    package let person: Person
    /// The id of the decision that let the request in.
    package let decision: DecisionID
}

/// The answer of a room of this process.
package struct InProcessAnswer: Sendable {
    /// The status.
    package var status: Int
    /// The media type of the body.
    package var contentType: String
    /// The body.
    package var body: [UInt8]
    /// Further header fields; names and values without control characters.
    package var fields: [(name: String, value: String)]

    package init(
        status: Int,
        contentType: String,
        body: [UInt8],
        fields: [(name: String, value: String)] = []
    ) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.fields = fields
    }
}
