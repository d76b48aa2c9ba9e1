/// The kinds of answers that Stile gives itself instead of forwarding.
///
/// A kind decides the status, the words and the code; nothing else about a refusal may differ within one, or the
/// difference would tell what the words don't.
package enum RefusalKind: Int, Hashable, Sendable, CaseIterable {
    /// The request is not HTTP/1.1 as Stile reads it, or could be read in more than one way.
    case malformed
    /// No credential, or one that is not accepted, for whatever reason.
    case unauthenticated
    /// A policy says no; also what doesn't exist, and what the gateway doesn't know.
    case denied
    /// No service has this host's path.
    case unknownService
    /// A method that no profile knows.
    case methodNotAllowed
    /// The body took too long.
    case bodyTimeout
    /// The body is longer than the route takes.
    case bodyTooLong
    /// The request target is over the limit.
    case targetTooLong
    /// An expectation that is not `100-continue`.
    case expectationFailed
    /// The request is for a host that is not served here.
    case misdirected
    /// Too many denials.
    case tooManyDenials
    /// The head is over the limits.
    case headTooLong
    /// The upstream could not be reached, or answered nonsense.
    case upstreamFailed
    /// The directory, the journal or the gateway itself cannot serve now.
    case unavailable
    /// The upstream took too long.
    case upstreamTimeout
    /// A version of HTTP that is not 1.0 or 1.1.
    case notSupported
    /// A browser without a credential, which is sent to the page where people sign in.
    case signInFirst

    /// Whether identical ones of one source are counted instead of recorded one by one.
    ///
    /// Those that anybody can cause without being known, and the one that answers too many denials.
    var isFolded: Bool {
        switch self {
        case .malformed, .unauthenticated, .misdirected, .targetTooLong, .headTooLong, .notSupported,
            .expectationFailed,
            .bodyTimeout, .methodNotAllowed, .tooManyDenials, .signInFirst:
            true
        case .denied, .unknownService, .bodyTooLong, .upstreamFailed, .unavailable, .upstreamTimeout:
            false
        }
    }

    /// The status of the answer.
    ///
    /// Source: RFC 9110, section 15; RFC 6585 for 429 and 431.
    package var status: Int {
        switch self {
        case .malformed: 400
        case .unauthenticated: 401
        case .denied: 403
        case .unknownService: 404
        case .methodNotAllowed: 405
        case .bodyTimeout: 408
        case .bodyTooLong: 413
        case .targetTooLong: 414
        case .expectationFailed: 417
        case .misdirected: 421
        case .tooManyDenials: 429
        case .headTooLong: 431
        case .upstreamFailed: 502
        case .unavailable: 503
        case .upstreamTimeout: 504
        case .notSupported: 505
        case .signInFirst: 303
        }
    }

    /// The reason phrase of the status line.
    var phrase: String {
        switch self {
        case .malformed: "Bad Request"
        case .unauthenticated: "Unauthorized"
        case .denied: "Forbidden"
        case .unknownService: "Not Found"
        case .methodNotAllowed: "Method Not Allowed"
        case .bodyTimeout: "Request Timeout"
        case .bodyTooLong: "Content Too Large"
        case .targetTooLong: "URI Too Long"
        case .expectationFailed: "Expectation Failed"
        case .misdirected: "Misdirected Request"
        case .tooManyDenials: "Too Many Requests"
        case .headTooLong: "Request Header Fields Too Large"
        case .upstreamFailed: "Bad Gateway"
        case .unavailable: "Service Unavailable"
        case .upstreamTimeout: "Gateway Timeout"
        case .notSupported: "HTTP Version Not Supported"
        case .signInFirst: "See Other"
        }
    }

    /// The short name in metrics, records and problem types.
    package var name: String {
        switch self {
        case .malformed: "malformed"
        case .unauthenticated: "unauthenticated"
        case .denied: "denied"
        case .unknownService: "unknown-service"
        case .methodNotAllowed: "method-not-allowed"
        case .bodyTimeout: "body-timeout"
        case .bodyTooLong: "body-too-long"
        case .targetTooLong: "target-too-long"
        case .expectationFailed: "expectation-failed"
        case .misdirected: "misdirected"
        case .tooManyDenials: "too-many-denials"
        case .headTooLong: "head-too-long"
        case .upstreamFailed: "upstream-failed"
        case .unavailable: "unavailable"
        case .upstreamTimeout: "upstream-timeout"
        case .notSupported: "not-supported"
        case .signInFirst: "sign-in-first"
        }
    }

    /// What happened, in a few words for people.
    var title: String {
        switch self {
        case .malformed: "The request could not be understood"
        case .unauthenticated: "Please sign in"
        case .denied: "Access denied"
        case .unknownService: "No such service"
        case .methodNotAllowed: "The method is not allowed here"
        case .bodyTimeout: "The request took too long to arrive"
        case .bodyTooLong: "The request is too long"
        case .targetTooLong: "The address is too long"
        case .expectationFailed: "The expectation cannot be met"
        case .misdirected: "This host is not served here"
        case .tooManyDenials: "Too many denied requests"
        case .headTooLong: "The request's header is too long"
        case .upstreamFailed: "The service behind the gateway failed"
        case .unavailable: "The gateway cannot answer now"
        case .upstreamTimeout: "The service behind the gateway did not answer in time"
        case .notSupported: "This version of HTTP is not supported"
        case .signInFirst: "Please sign in"
        }
    }

    /// The code that MLflow's clients show before the message.
    ///
    /// Source: MLflow, `databricks.proto`, enum `ErrorCode`.
    var errorCode: String {
        switch self {
        case .malformed, .misdirected, .methodNotAllowed, .bodyTimeout, .notSupported, .expectationFailed: "BAD_REQUEST"
        case .unauthenticated, .signInFirst: "UNAUTHENTICATED"
        case .denied: "PERMISSION_DENIED"
        case .unknownService: "ENDPOINT_NOT_FOUND"
        case .bodyTooLong, .headTooLong, .targetTooLong: "MAX_REQUEST_SIZE_EXCEEDED"
        case .tooManyDenials: "REQUEST_LIMIT_EXCEEDED"
        case .upstreamFailed, .unavailable, .upstreamTimeout: "TEMPORARILY_UNAVAILABLE"
        }
    }
}
