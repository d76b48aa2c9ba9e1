import DecisionLog
import Dispatch
import HTTP1
import NIOCore
import TransparencyLog

/// One connection to a witness: requests one after another, each answered off the loop, because storing waits for a disk.
final class WitnessConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let service: WitnessService
    private var input = ByteBuffer()
    private var head = RequestHead()
    private var isAnswering = false
    /// Whether the last answer was given: what still comes is not looked at.
    private var isLeaving = false
    private var timer: Scheduled<Void>?

    /// One after another; more than a few at once would only wait for the same lock.
    private static let queue = DispatchQueue(label: "witness")

    init(_ service: WitnessService) { self.service = service }

    func channelActive(context: ChannelHandlerContext) { self.wait(context) }

    func channelInactive(context: ChannelHandlerContext) { self.timer?.cancel() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.isLeaving else { return }
        var piece = self.unwrapInboundIn(data)
        self.input.writeBuffer(&piece)
        guard self.input.readableBytes <= HTTPLimits().headBytes + WitnessRequest.maximumBytes else {
            context.close(promise: nil)
            return
        }
        self.proceed(context)
    }

    /// Whoever says nothing for a minute does not stay.
    private func wait(_ context: ChannelHandlerContext) {
        self.timer?.cancel()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        self.timer = context.eventLoop.scheduleTask(in: .seconds(60)) { bound.value.close(promise: nil) }
    }

    private func proceed(_ context: ChannelHandlerContext) {
        guard !self.isAnswering else { return }
        switch self.head.parse(self.input.readableBytesUInt8Span) {
        case .needMore: return
        case .malformed(let fault):
            self.answer(.init(status: fault.status, type: "text/plain", body: Array("\(fault)\n".utf8)), false, context)
        case .complete(let length):
            let expected: Int
            switch self.head.body {
            case .none: expected = 0
            case .length(let count) where count <= WitnessRequest.maximumBytes: expected = count
            default:
                let text = "expected a body of at most \(WitnessRequest.maximumBytes) bytes with its length\n"
                self.answer(.init(status: 413, type: "text/plain", body: Array(text.utf8)), false, context)
                return
            }
            guard self.input.readableBytes >= length + expected else { return }
            self.take(head: length, body: expected, context)
        }
    }

    private func take(head length: Int, body count: Int, _ context: ChannelHandlerContext) {
        let range = self.head.pathAndQuery
        let path = self.input.getString(at: self.input.readerIndex + range.lowerBound, length: range.count) ?? ""
        let keeps = self.head.keepsAlive
        let isPost = self.head.method == .post
        self.input.moveReaderIndex(forwardBy: length)
        let body = self.input.readBytes(length: count) ?? []
        self.input.discardReadBytes()
        self.head.reset()
        self.isAnswering = true
        guard path.hasSuffix("/add-checkpoint"), isPost else {
            let status = path.hasSuffix("/add-checkpoint") ? 405 : 404
            self.answer(
                .init(status: status, type: "text/plain", body: Array("POST /add-checkpoint\n".utf8)),
                keeps,
                context
            )
            return
        }
        let service = self.service
        let home = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        Self.queue.async {
            let answer = service.add(body)
            loop.execute {
                let (connection, context) = home.value
                connection.answer(answer, keeps, context)
            }
        }
    }

    private func answer(_ answer: WitnessService.Answer, _ keeps: Bool, _ context: ChannelHandlerContext) {
        let reasons = [
            200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
            409: "Conflict", 413: "Content Too Large", 422: "Unprocessable Content", 503: "Service Unavailable",
        ]
        var output = ByteBuffer()
        output.writeString("HTTP/1.1 \(answer.status) \(reasons[answer.status] ?? "Error")\r\n")
        output.writeString("content-type: \(answer.type)\r\ncontent-length: \(answer.body.count)\r\n")
        output.writeString(keeps ? "\r\n" : "connection: close\r\n\r\n")
        output.writeBytes(answer.body)
        guard keeps else {
            self.leave(after: output, context)
            return
        }
        context.writeAndFlush(self.wrapOutboundOut(output), promise: nil)
        self.isAnswering = false
        self.wait(context)
        self.proceed(context)
    }

    /// Gives the last answer and lets the other side end the connection: closed while it still sends, the answer would be lost to a reset.
    ///
    /// Source: RFC 9112, section 9.6.
    private func leave(after output: ByteBuffer, _ context: ChannelHandlerContext) {
        self.isLeaving = true
        self.input.clear()
        let channel = context.channel
        context.writeAndFlush(self.wrapOutboundOut(output)).assumeIsolated().whenComplete { _ in
            channel.close(mode: .output, promise: nil)
        }
        self.timer?.cancel()
        self.timer = context.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
    }
}
