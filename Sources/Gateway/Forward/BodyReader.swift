import HTTP1
import NIOCore

/// Follows a body through its framing and yields its bytes.
///
/// Works on the receiving buffer itself: what it yields are slices, so bodies pass through the gateway without being copied.
struct BodyReader {
    /// What comes next.
    enum Step {
        /// Bytes of the body.
        case data(ByteBuffer)
        /// The buffer is used up, the body is not complete.
        case needMore
        /// The body is complete; what is left in the buffer belongs to the next message.
        case end
        /// The framing is wrong.
        case malformed(HTTPFault)
    }

    private enum Framing {
        case none
        case length(Int)
        case chunked
        case untilClose
    }

    private var framing = Framing.none
    private var chunks: ChunkedBody

    init(limits: HTTPLimits) {
        self.chunks = ChunkedBody(limits: limits)
    }

    /// Whether the end of the connection is the end of the body.
    var endsWithConnection: Bool {
        if case .untilClose = self.framing { true } else { false }
    }

    /// Whether nothing more is expected.
    var isComplete: Bool {
        switch self.framing {
        case .none, .length(0): true
        case .length, .chunked, .untilClose: false
        }
    }

    /// Body bytes still expected, where that is known.
    var expected: Int? {
        switch self.framing {
        case .none: 0
        case .length(let left): left
        case .chunked, .untilClose: nil
        }
    }

    /// Begins a body.
    mutating func begin(_ framing: BodyFraming) {
        switch framing {
        case .none: self.framing = .none
        case .length(let length): self.framing = .length(length)
        case .chunked:
            self.framing = .chunked
            self.chunks.reset()
        case .untilClose: self.framing = .untilClose
        }
    }

    /// Takes the next piece from the front of `input`.
    mutating func next(_ input: inout ByteBuffer) -> Step {
        switch self.framing {
        case .none:
            return .end
        case .length(let left):
            if left == 0 {
                self.framing = .none
                return .end
            }
            guard let data = input.readSlice(length: min(left, input.readableBytes)), data.readableBytes > 0 else {
                return .needMore
            }
            self.framing = .length(left - data.readableBytes)
            return .data(data)
        case .untilClose:
            guard input.readableBytes > 0, let data = input.readSlice(length: input.readableBytes) else {
                return .needMore
            }
            return .data(data)
        case .chunked:
            return self.nextChunk(&input)
        }
    }

    private mutating func nextChunk(_ input: inout ByteBuffer) -> Step {
        var offset = 0
        switch self.chunks.next(input.readableBytesUInt8Span, from: &offset) {
        case .needMore:
            input.moveReaderIndex(forwardBy: offset)
            return .needMore
        case .data(let range):
            let data = input.getSlice(at: input.readerIndex + range.lowerBound, length: range.count)
            input.moveReaderIndex(forwardBy: offset)
            return data.map { .data($0) } ?? .needMore
        case .end:
            input.moveReaderIndex(forwardBy: offset)
            self.framing = .none
            return .end
        case .malformed(let fault):
            return .malformed(fault)
        }
    }
}
