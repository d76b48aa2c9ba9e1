import HTTP1

/// The head of an upstream's answer, read in place.
///
/// One serves a connection for its whole life; a class, so that handing it to the client's side copies nothing.
///
/// Confined to its event loop.
final class AnswerHead {
    private var head: ResponseHead

    init(limits: HTTPLimits) {
        self.head = ResponseHead(limits: limits)
    }

    var status: Int { self.head.status }
    var reason: Range<Int> { self.head.reason }
    var fields: FieldTable { self.head.fields }
    var body: BodyFraming { self.head.body }
    /// The length that was stated, also where no body follows.
    var statedLength: Int? { self.head.statedLength }
    /// Whether a final answer follows this one.
    var isInterim: Bool { self.head.isInterim }
    /// Whether the connection can carry another exchange.
    var keepsAlive: Bool { self.head.keepsAlive }

    /// Reads the head at the start of `bytes`.
    func parse(_ bytes: Span<UInt8>, answering method: Method) -> HeadProgress {
        self.head.parse(bytes, answering: method)
    }

    /// Forgets the answer, keeps the memory.
    func reset() {
        self.head.reset()
    }
}
