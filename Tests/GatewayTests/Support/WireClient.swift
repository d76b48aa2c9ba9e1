import HTTP1
import NIOCore
import NIOPosix
import NIOSSL
import Testing

/// A client that sends exactly the bytes it is told to, and reads answers with the house's own reader.
final class WireClient: Sendable {
    struct Answer: Sendable {
        var status: Int
        var fields: [(name: String, value: String)]
        var body: [UInt8]

        var text: String { String(decoding: self.body, as: UTF8.self) }

        subscript(name: String) -> String? { self.fields.first { $0.name == name }?.value }
    }

    enum Failure: Error {
        /// The connection was closed before an answer was complete.
        case closed
        case malformed(HTTPFault)
    }

    private let channel: any Channel
    fileprivate let incoming: Incoming

    private init(channel: any Channel, incoming: Incoming) {
        self.channel = channel
        self.incoming = incoming
    }

    /// Connects to a port of this machine.
    ///
    /// Who is unhurried reads no more than the test asks for; anybody else reads all that comes, and keeps it until the test asks.
    static func connect(
        _ port: Int,
        over security: NIOSSLContext? = nil,
        isUnhurried: Bool = false
    ) async throws -> WireClient {
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: !isUnhurried)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let security {
                        let handler = try NIOSSLClientHandler(context: security, serverHostname: "localhost")
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(Receiver(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        // A test that waits for what never comes must fail, not hang: an end that is the client's own is none of the gateway's.
        let limit = channel.eventLoop.scheduleTask(in: .seconds(600)) {
            Issue.record("a client waited in vain for ten minutes")
            channel.close(promise: nil)
        }
        channel.closeFuture.whenComplete { _ in limit.cancel() }
        let incoming = Incoming(stream) { if isUnhurried { channel.read() } }
        return WireClient(channel: channel, incoming: incoming)
    }

    func send(_ text: String) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(string: text))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    func close() async { try? await self.channel.close() }

    /// The next answer.
    func answer(to method: HTTP1.Method = .get) async throws -> Answer { try await self.incoming.answer(to: method) }

    /// Everything until the other side closes.
    func rest() async -> [UInt8] { await self.incoming.rest() }

    /// What has come and was not taken yet, once it holds a text.
    func received(_ text: String) async throws { try await self.incoming.received(text) }

    /// Whether the other side closes without another byte.
    func isClosed() async -> Bool { await self.rest().isEmpty }

    private final class Receiver: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let continuation: AsyncStream<ByteBuffer>.Continuation

        init(_ continuation: AsyncStream<ByteBuffer>.Continuation) { self.continuation = continuation }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.continuation.yield(self.unwrapInboundIn(data))
        }
        func channelInactive(context: ChannelHandlerContext) { self.continuation.finish() }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event as? ChannelEvent == .inputClosed { self.continuation.finish() }
        }
    }

    fileprivate actor Incoming {
        private var iterator: AsyncStream<ByteBuffer>.AsyncIterator
        private let pull: @Sendable () -> Void
        private var bytes: [UInt8] = []

        init(_ stream: AsyncStream<ByteBuffer>, pull: @escaping @Sendable () -> Void) {
            self.iterator = stream.makeAsyncIterator()
            self.pull = pull
        }

        private func more() async -> Bool {
            self.pull()
            var iterator = self.iterator
            let buffer = await iterator.next(isolation: self)
            self.iterator = iterator
            guard let buffer else { return false }
            self.bytes += Array(buffer.readableBytesView)
            return true
        }

        func rest() async -> [UInt8] {
            while await self.more() {}
            defer { self.bytes = [] }
            return self.bytes
        }

        func received(_ text: String) async throws {
            while !String(decoding: self.bytes, as: UTF8.self).contains(text) {
                guard await self.more() else { throw Failure.closed }
            }
        }

        func answer(to method: HTTP1.Method) async throws -> Answer {
            while true {
                var head = ResponseHead()
                switch head.parse(self.bytes.span, answering: method) {
                case .needMore: guard await self.more() else { throw Failure.closed }
                case .malformed(let fault): throw Failure.malformed(fault)
                case .complete(let length):
                    var answer = Answer(status: head.status, fields: [], body: [])
                    for index in 0..<head.fields.count {
                        let name = String(decoding: self.bytes[head.fields[index].nameRange], as: UTF8.self)
                        answer.fields.append(
                            (name.lowercased(), String(decoding: self.bytes[head.fields[index].value], as: UTF8.self))
                        )
                    }
                    self.bytes.removeFirst(length)
                    try await self.readBody(head.body, into: &answer)
                    return answer
                }
            }
        }

        func countChunked(each look: @Sendable () -> Void) async throws -> Int {
            var length = 0
            while length == 0 {
                var head = ResponseHead()
                if case .complete(let end) = head.parse(self.bytes.span, answering: .get) { length = end }
                if length == 0 { guard await self.more() else { throw Failure.closed } }
            }
            self.bytes.removeFirst(length)
            var chunks = ChunkedBody()
            while true {
                var offset = 0
                reading: while true {
                    switch chunks.next(self.bytes.span, from: &offset) {
                    case .data: continue
                    case .needMore: break reading
                    case .malformed(let fault): throw Failure.malformed(fault)
                    case .end:
                        self.bytes.removeFirst(offset)
                        return chunks.count
                    }
                }
                self.bytes.removeAll()
                look()
                guard await self.more() else { throw Failure.closed }
            }
        }

        private func readBody(_ framing: BodyFraming, into answer: inout Answer) async throws {
            switch framing {
            case .none: return
            case .untilClose: answer.body = await self.rest()
            case .length(let length):
                while self.bytes.count < length { guard await self.more() else { throw Failure.closed } }
                answer.body = Array(self.bytes.prefix(length))
                self.bytes.removeFirst(length)
            case .chunked:
                var chunks = ChunkedBody()
                var offset = 0
                while true {
                    switch chunks.next(self.bytes.span, from: &offset) {
                    case .data(let range): answer.body += self.bytes[range]
                    case .needMore: guard await self.more() else { throw Failure.closed }
                    case .malformed(let fault): throw Failure.malformed(fault)
                    case .end:
                        self.bytes.removeFirst(offset)
                        return
                    }
                }
            }
        }
    }
}

extension WireClient {
    /// Sends a request as anna, or with other fields, and waits for its answer.
    func ask(
        _ line: String,
        _ fields: String = TestHouse.authorization("anna"),
        body: String? = nil
    ) async throws -> Answer {
        let length = body.map { "content-length: \($0.utf8.count)\r\n" } ?? ""
        try await self.send("\(line) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(fields)\(length)\r\n\(body ?? "")")
        return try await self.answer(to: line.hasPrefix("HEAD ") ? .head : .get)
    }

    /// Counts the bytes of the next answer's body without keeping them.
    func countBody(each look: @Sendable () -> Void = {}) async throws -> Int {
        try await self.incoming.countChunked(each: look)
    }
}
