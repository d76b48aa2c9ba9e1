import DecisionLog
import HTTP1
import NIOCore
import Sockets

/// One connection of a client: reads requests one after the other, and carries out what ``Enforcement`` says about each.
///
/// The handler decides nothing. It feeds the spine what happened, does what it answers, and moves bytes. From the socket to
/// the upstream everything runs in one call on the event loop when the credential and the decision are known.
///
/// Requests that the client sends ahead wait in ``input``, and are taken up in order when the one before has been answered.
///
/// Confined to the event loop of its channel, as all handlers are.
final class ClientConnection: ChannelDuplexHandler, LoneHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the connection is doing.
    enum Phase {
        /// Reading a head, or waiting for one.
        case head
        /// Waiting for the directory, a look-up, the journal or a room of this process; what comes in is kept.
        case suspended
        /// Collecting a body that must be known before its request can be decided.
        case holding
        /// Waiting for a connection to the upstream.
        case connecting
        /// Joined with an upstream connection.
        case forwarding
        /// Answered, with a body that nobody wants still on its way: it is read away.
        case lingering
        /// Over.
        case closed
    }

    let worker: Worker
    let listener: Listener
    /// The peer's address, without its port.
    let peer: String
    /// The peer, as it is recorded.
    let origin: PreparedOrigin
    /// The header fields that are the same in every request of this connection, as they go on the wire.
    let forwardedFields: [UInt8]

    var phase = Phase.head
    /// When the present wait is over.
    var deadline: NIODeadline
    /// Its place among the connections of the loop.
    var slot = 0
    /// Counts requests, so that an answer to an earlier one is known as such.
    var requestNumber: UInt64 = 0

    /// What was received and not used yet.
    var input = ByteBuffer()
    /// The head of the present request, and the bytes it was read from.
    var head: RequestHead
    var headBytes = ByteBuffer()
    /// The present request as it is decided on.
    let request: ClientRequest
    /// The body of the present request.
    var body: BodyReader
    /// The life of the present request.
    var enforcement = Enforcement()
    /// The credential that was last shown on this connection.
    var credential = RememberedCredential()
    /// The session that was last shown on this connection.
    var session = RememberedSession()
    /// Who the connection itself stands for; `nil` while nobody has shown a certificate or negotiated.
    var standing: ConnectionCredential?
    /// Whether TLS was set up with a certificate where one is required; a session that is taken up again would show none.
    var lacksCertificate: Bool
    /// The negotiation under way on this connection, between two of its steps.
    var negotiation: (any Negotiation)?

    /// What is sent to the upstream before the body; kept for a second attempt.
    var forwardHead = ByteBuffer()
    var upstream: UpstreamConnection?
    var exchange = Exchange()

    var isReadPaused = false
    /// Whether the socket takes more.
    var takesMore = true
    var context: ChannelHandlerContext?
    /// The connection itself, where no TLS stands between.
    private var socket: SocketChannel?
    private var isAdvancing = false

    init(worker: Worker, listener: Listener, peer: String) {
        self.worker = worker
        self.listener = listener
        self.peer = peer
        self.request = ClientRequest(peer: peer, isEncrypted: listener.isSecure)
        self.origin = PreparedOrigin(peer: peer)
        self.forwardedFields = Array("x-forwarded-for: \(peer)\r\nx-forwarded-proto: \(listener.scheme)\r\n".utf8)
        self.lacksCertificate = if case .require = listener.configuration.clientCertificates { true } else { false }
        self.head = RequestHead(limits: worker.limits.http)
        self.body = BodyReader(limits: worker.limits.http)
        self.deadline = worker.after(worker.waits.head)
    }

    // MARK: - Going on

    /// Goes on with what was received, as far as it goes.
    func advance() {
        // A request that is answered at once comes back here: the loop below goes on, instead of nesting ever deeper.
        guard !self.isAdvancing else { return }
        self.isAdvancing = true
        defer { self.isAdvancing = false }
        while true {
            let goesOn: Bool
            switch self.phase {
            // A client that sends requests ahead and takes no answers gets no further.
            case .head: goesOn = self.takesMore && self.readHead()
            case .holding: goesOn = self.holdBody()
            case .forwarding:
                self.relayBody()
                // Ends itself when the answer is complete.
                goesOn = self.phase == .head
            case .lingering:
                self.input.clear()
                goesOn = false
            case .suspended, .connecting, .closed: goesOn = false
            }
            if !goesOn { break }
        }
        self.resumeReading()
        // Lets the channel use the buffer again for its next read.
        if self.input.readableBytes == 0 { self.input = ByteBuffer() }
    }

    /// The present request has been answered, and its body read: on to the next.
    func requestIsDone() {
        self.requestNumber &+= 1
        self.exchange = Exchange()
        // Who asked for the last one is not who sends what comes next, if that cannot be read.
        self.enforcement = Enforcement()
        self.head.reset()
        self.headBytes = ByteBuffer()
        self.phase = .head
        self.deadline = self.worker.after(self.worker.waits.idle)
        self.resumeReading()
        self.advance()
    }

    /// Ends the connection.
    func close() {
        guard self.phase != .closed else { return }
        if self.phase == .forwarding { self.recordCut() }
        self.phase = .closed
        self.requestNumber &+= 1
        self.deadline = .distantFuture
        self.upstream?.abandon()
        self.upstream = nil
        self.context?.close(promise: nil)
    }

    /// Answered, but the client may still be sending: reads that away for a while, so that it sees the answer and not a reset.
    ///
    /// Source: RFC 9112, section 9.6.
    func linger() {
        self.requestNumber &+= 1
        self.phase = .lingering
        self.deadline = self.worker.after(self.worker.waits.linger)
        self.input = ByteBuffer()
        self.context?.close(mode: .output, promise: nil)
        self.resumeReading()
    }

    // MARK: - Reading only what there is room for

    private var wantsMore: Bool {
        switch self.phase {
        case .lingering: true
        case .closed: false
        case .forwarding where !self.body.isComplete: self.upstream?.isWritable ?? true
        case .head, .suspended, .holding, .connecting, .forwarding:
            self.input.readableBytes < self.worker.limits.readAhead
        }
    }

    /// Reads on, if reading had stopped and there is room again.
    func resumeReading() {
        guard self.isReadPaused, self.wantsMore else { return }
        self.isReadPaused = false
        self.context?.read()
    }

    func read(context: ChannelHandlerContext) {
        if self.asksForMore() { context.read() }
    }

    /// Whether there is room for more; else reading stops until ``resumeReading()``.
    func asksForMore() -> Bool {
        let wantsMore = self.wantsMore
        if !wantsMore { self.isReadPaused = true }
        return wantsMore
    }

    // MARK: - The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.worker.add(self)
        guard !self.listener.isSecure else { return }
        self.socket = context.channel as? SocketChannel
        self.socket?.lone = self
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.worker.remove(self)
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
        self.advance()
    }

    func hasTakenAll() {}

    /// Sends bytes, and all that was written before them.
    func send(_ bytes: ByteBuffer) {
        if let socket = self.socket {
            socket.send(bytes)
        } else {
            self.context?.writeAndFlush(self.wrapOutboundOut(bytes), promise: nil)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.takesMore = context.channel.isWritable
        if self.takesMore {
            if self.phase == .forwarding { self.deadline = .distantFuture }
            self.upstream?.resumeReading()
            if self.phase == .head { self.advance() }
        } else if self.phase == .forwarding {
            self.deadline = self.worker.after(self.worker.waits.answerIdle)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.worker.remove(self)
        self.close()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.close()
    }

    // MARK: - Time

    /// The time for the present wait is over.
    func timedOut() {
        self.deadline = .distantFuture
        switch self.phase {
        case .head:
            if self.input.readableBytes == 0 {
                self.close()
            } else {
                self.refuse(Refusal(.bodyTimeout, "the request's head did not arrive in time", closesConnection: true))
            }
        case .holding:
            self.refuse(Refusal(.bodyTimeout, "the request's body did not arrive in time", closesConnection: true))
        case .suspended:
            self.suspensionTimedOut()
        case .connecting:
            self.upstreamUnavailable(.slowHead, request: self.requestNumber)
        case .forwarding:
            self.exchangeTimedOut()
        case .lingering, .closed:
            self.close()
        }
    }
}
