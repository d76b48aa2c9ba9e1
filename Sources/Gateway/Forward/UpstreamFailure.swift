import HTTP1

/// Why an exchange with an upstream came to nothing.
enum UpstreamFailure: Error, Hashable, CustomStringConvertible {
    /// No connection could be made.
    case connect(String)
    /// All connections are in use, and enough requests wait already.
    case busy
    /// The connection was closed before the answer was complete.
    case closed
    /// The answer's head took too long.
    case slowHead
    /// The answer's body paused for too long.
    case slowBody
    /// The answer is not HTTP/1.1, or could be read in more than one way.
    case malformed(String)
    /// What the client sent after its head is no body: the fault is not the upstream's.
    case malformedRequest(HTTPFault)
    /// The client paused for too long in its body: the fault is not the upstream's.
    case slowRequest
    /// The list that was answered could not be filtered, and so is not shown.
    case unfiltered(String)

    /// One line for the record.
    var description: String {
        switch self {
        case .connect(let reason): "no connection: \(reason)"
        case .busy: "too many requests wait for a connection"
        case .closed: "closed before the answer was complete"
        case .slowHead: "no answer in time"
        case .slowBody: "the answer paused for too long"
        case .malformed(let reason): "malformed answer: \(reason)"
        case .malformedRequest(let fault): "malformed request body: \(fault.description)"
        case .slowRequest: "the request's body paused for too long"
        case .unfiltered(let reason): "the answer could not be filtered: \(reason)"
        }
    }

    /// How a client is told, when nothing of the answer has been sent yet.
    var refusal: Refusal {
        switch self {
        case .slowHead, .slowBody:
            Refusal(
                .upstreamTimeout,
                "the service took too long to answer",
                recordedReason: self.description,
                retryAfter: 5
            )
        case .busy:
            Refusal(.unavailable, "the service is busy", recordedReason: self.description, retryAfter: 1)
        case .malformedRequest(let fault):
            Refusal(fault)
        case .slowRequest:
            Refusal(.bodyTimeout, "the request's body did not arrive in time", closesConnection: true)
        case .unfiltered(let reason):
            Refusal(.upstreamFailed, reason, recordedReason: self.description)
        case .connect, .closed, .malformed:
            Refusal(
                .upstreamFailed,
                "the service could not be reached, or gave no usable answer",
                recordedReason: self.description,
                retryAfter: 5
            )
        }
    }
}
