import HTTP1
import NIOCore
import NIOSSL
import Sockets

/// One connection to an upstream: sends one request at a time, reads its answer and hands it on as it comes.
///
/// It knows where an answer ends, and nothing about what is in it. Whatever the upstream sends that was not asked for
/// closes the connection, so that one person's answer can never be read as another's.
///
/// Confined to the event loop of its channel, as all handlers are.
final class UpstreamConnection: ChannelDuplexHandler, LoneHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Who gets the answer.
    private enum Partner {
        case nobody
        case client(ClientConnection)
        case lookUp(LookUp)
    }

    let pool: UpstreamPool
    /// When the present wait is over.
    var deadline = NIODeadline.distantFuture
    /// Its place among the connections of the loop.
    var slot = 0
    /// Whether it has carried an exchange before, so that it may turn out to be closed by the other side.
    private(set) var wasUsed = false
    /// Whether the socket takes more.
    private(set) var isWritable = true

    private var context: ChannelHandlerContext?
    /// The connection itself, where no TLS stands between.
    private var socket: SocketChannel?
    private var partner = Partner.nobody
    private var input = ByteBuffer()
    private let head: AnswerHead
    private var method = Method.get
    private var body: BodyReader
    private var isInBody = false
    /// Whether anything of the answer has come.
    private var hasAnswered = false
    private var isReadPaused = false
    private var failure: UpstreamFailure?

    init(pool: UpstreamPool) {
        self.pool = pool
        self.head = AnswerHead(limits: pool.worker.limits.http)
        self.body = BodyReader(limits: pool.worker.limits.http)
    }

    /// Whether the answer's head was read and passed on.
    var hasAnswerBegun: Bool { self.hasAnswered }

    // MARK: - The exchange

    /// Begins an exchange for a client.
    func begin(for client: ClientConnection, method: Method) {
        self.partner = .client(client)
        self.begin(method)
    }

    /// Begins an exchange for a look-up.
    func begin(for lookUp: LookUp, method: Method) {
        self.partner = .lookUp(lookUp)
        self.begin(method)
    }

    private func begin(_ method: Method) {
        self.method = method
        self.hasAnswered = false
        self.isInBody = false
        self.deadline = self.pool.worker.after(self.pool.waits.responseHead)
    }

    /// Sends a piece of the request.
    func send(_ buffer: ByteBuffer) {
        self.deadline = self.pool.worker.after(self.pool.waits.responseHead)
        self.context?.write(self.wrapOutboundOut(buffer), promise: nil)
    }

    /// Sends a piece of the request and all before it.
    func sendNow(_ buffer: ByteBuffer) {
        self.deadline = self.pool.worker.after(self.pool.waits.responseHead)
        if let socket = self.socket {
            socket.send(buffer)
        } else {
            self.context?.writeAndFlush(self.wrapOutboundOut(buffer), promise: nil)
        }
    }

    /// Sends what was written.
    func flush() {
        self.context?.flush()
    }

    /// Ends the exchange from the client's side: nobody wants the rest of the answer.
    func abandon() {
        self.partner = .nobody
        self.context?.close(promise: nil)
    }

    /// The client takes more again.
    func resumeReading() {
        guard self.isReadPaused else { return }
        self.isReadPaused = false
        self.deadline = self.pool.worker.after(self.pool.waits.bodyIdle)
        self.context?.read()
    }

    /// The time for the present wait is over.
    func timedOut() {
        if case .nobody = self.partner {
            self.context?.close(promise: nil)
        } else {
            self.fail(self.hasAnswered ? .slowBody : .slowHead)
        }
    }

    /// Whether nothing has come that nobody asked for, not even the connection's end, as of this moment.
    ///
    /// An end is told by the event loop as well, but perhaps after the event that is being worked on. What cannot be seen
    /// is an end that is still on its way here.
    ///
    /// Source: RFC 9112, section 9.3.1.
    var isQuiet: Bool { (self.context?.channel as? SocketChannel)?.hasSomethingToSay == false }

    /// Whether the connection is open; the handler leaves a closed one only later.
    var isThere: Bool { self.context?.channel.isActive == true }

    private func fail(_ failure: UpstreamFailure) {
        let partner = self.partner
        let hasAnswered = self.hasAnswered
        self.partner = .nobody
        self.deadline = .distantFuture
        self.context?.close(promise: nil)
        switch partner {
        case .nobody: return
        case .client(let client):
            self.pool.worker.counters.upstreamFailures &+= 1
            client.upstreamFailed(failure, hasAnswered: hasAnswered, wasUsed: self.wasUsed)
        case .lookUp(let lookUp):
            self.pool.worker.counters.upstreamFailures &+= 1
            if !hasAnswered, self.wasUsed, lookUp.tryAgain() { return }
            lookUp.failed()
        }
    }

    // MARK: - The answer

    private func readAnswer() {
        while true {
            if self.isInBody {
                guard self.readBody() else { return }
            } else {
                if case .nobody = self.partner {
                    // Bytes that nobody asked for.
                    if self.input.readableBytes > 0 { self.context?.close(promise: nil) }
                    return
                }
                guard self.input.readableBytes > 0, self.readHead() else { return }
            }
        }
    }

    /// - Returns: Whether the head was complete and there is more to do.
    private func readHead() -> Bool {
        self.hasAnswered = true
        switch self.head.parse(self.input.readableBytesUInt8Span, answering: self.method) {
        case .needMore:
            return false
        case .malformed(let fault):
            self.head.reset()
            self.fail(.malformed(fault.description))
            return false
        case .complete(let length):
            guard self.head.status != 101 else {
                self.fail(.malformed("switched protocols without being asked"))
                return false
            }
            if self.head.isInterim {
                self.input.moveReaderIndex(forwardBy: length)
                self.head.reset()
                return true
            }
            self.isInBody = true
            self.body.begin(self.head.body)
            self.deadline = self.pool.worker.after(self.pool.waits.bodyIdle)
            switch self.partner {
            case .nobody: break
            case .client(let client): client.answerBegins(self.head, self.input.readableBytesUInt8Span)
            case .lookUp(let lookUp): lookUp.answerBegins(status: self.head.status)
            }
            self.input.moveReaderIndex(forwardBy: length)
            return true
        }
    }

    /// - Returns: Whether the answer is complete and there is more to do.
    private func readBody() -> Bool {
        while true {
            switch self.body.next(&self.input) {
            case .data(let data):
                switch self.partner {
                case .nobody: break
                case .client(let client): client.answerContinues(data)
                case .lookUp(let lookUp): lookUp.answerContinues(data)
                }
            case .needMore:
                self.deadline = self.pool.worker.after(self.pool.waits.bodyIdle)
                return false
            case .end:
                // After an answer to HEAD nobody can tell whether the upstream sends the body all the same.
                let keepsAlive = self.head.keepsAlive && self.input.readableBytes == 0 && self.method != .head
                self.endAnswer(keepsAlive: keepsAlive)
                return true
            case .malformed(let fault):
                self.fail(.malformed(fault.description))
                return false
            }
        }
    }

    private func endAnswer(keepsAlive: Bool) {
        let partner = self.partner
        self.partner = .nobody
        self.isInBody = false
        self.wasUsed = true
        self.head.reset()
        // Given back before the partner goes on, since the partner's next request may want it.
        switch partner {
        case .nobody: break
        case .client(let client):
            if keepsAlive, client.hasSentRequest { self.pool.takeBack(self) } else { self.context?.close(promise: nil) }
            client.answerEnds()
        case .lookUp(let lookUp):
            if keepsAlive { self.pool.takeBack(self) } else { self.context?.close(promise: nil) }
            lookUp.answerEnds()
        }
    }

    // MARK: - The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.pool.worker.add(self)
        guard !self.pool.isSecure else { return }
        self.socket = context.channel as? SocketChannel
        self.socket?.lone = self
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // Also where a connection could not be made, which never becomes inactive.
        self.pool.worker.remove(self)
        self.context = nil
        self.socket?.lone = nil
        self.socket = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.take(self.unwrapInboundIn(data))
    }

    func take(_ bytes: ByteBuffer) {
        if self.input.readableBytes == 0 {
            self.input = bytes
        } else {
            self.input.writeImmutableBuffer(bytes)
        }
        self.readAnswer()
        // Lets the channel use the buffer again for its next read.
        if self.input.readableBytes == 0 { self.input = ByteBuffer() }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.hasTakenAll()
    }

    func hasTakenAll() {
        if case .client(let client) = self.partner { client.flushAnswer() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.isWritable = context.channel.isWritable
        if self.isWritable, case .client(let client) = self.partner { client.upstreamTakesMore() }
    }

    func read(context: ChannelHandlerContext) {
        if self.asksForMore() { context.read() }
    }

    func asksForMore() -> Bool {
        guard case .client(let client) = self.partner, !client.takesMore else { return true }
        self.isReadPaused = true
        // The client's own time limit counts now.
        self.deadline = .distantFuture
        return false
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        // However rudely it was closed. A body that lasts until then is not complete by it.
        case is SocketFailure, NIOSSLError.uncleanShutdown: self.failure = .closed
        default: self.failure = .malformed(String(describing: error))
        }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.pool.worker.remove(self)
        if self.isInBody, self.body.endsWithConnection, self.failure == nil {
            self.endAnswer(keepsAlive: false)
        } else {
            self.fail(self.failure ?? .closed)
        }
        self.pool.lost(self)
    }
}
