import HTTP1
import NIOCore
import Sockets

/// The operator's door: health, readiness and metrics, without credentials and on loopback by default.
///
/// It says nothing about people or data.
enum ManagementListener {
    static func bind(
        _ address: ManagementAddress,
        on loop: PollLoop,
        report: ManagementReport
    ) async throws(GatewayError) -> ListeningSocket {
        do {
            let place = try SocketAddress(ipAddress: address.address, port: address.port)
            return try await ListeningSocket.open(place, isShared: false, on: loop) { channel in
                try channel.pipeline.syncOperations.addHandler(ManagementConnection(report))
            }
        } catch {
            throw .bind(address: address.address, port: address.port, reason: String(describing: error))
        }
    }

    fileprivate static func respond(to path: String, _ report: ManagementReport, over channel: any Channel) async {
        let answer: ByteBuffer
        switch path {
        case "/health", "/.stile/health": answer = Self.answer(200, "alive\n")
        case "/ready", "/.stile/ready":
            let readiness = report.readiness()
            answer = Self.answer(readiness.isReady ? 200 : 503, readiness.text)
        case "/metrics", "/.stile/metrics": answer = Self.answer(200, await report.metrics())
        default: answer = Self.answer(404, "expected /health, /ready or /metrics\n")
        }
        // A tool that has gone away needs no answer.
        try? await channel.writeAndFlush(answer)
        try? await channel.close()
    }

    fileprivate static func answer(_ status: Int, _ text: String) -> ByteBuffer {
        var output = ByteBuffer()
        output.writeStatusLine(status, reason: status == 200 ? "OK" : "Error")
        output.writeField("content-type", "text/plain; version=0.0.4; charset=utf-8")
        output.writeField("content-length", text.utf8.count)
        output.writeField("connection", "close")
        output.writeEndOfHead()
        output.writeString(text)
        return output
    }
}

/// One connection of an operator's tool: one request, one answer, closed.
private final class ManagementConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let report: ManagementReport
    private var input = ByteBuffer()
    private var head = RequestHead()
    private var isAnswering = false

    init(_ report: ManagementReport) {
        self.report = report
    }

    func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let home = NIOLoopBound(self, eventLoop: context.eventLoop)
        // A tool that says nothing does not stay; one that has asked waits for its answer.
        context.eventLoop.scheduleTask(in: .seconds(10)) {
            if !home.value.isAnswering { bound.value.close(promise: nil) }
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.isAnswering else { return }
        var buffer = self.unwrapInboundIn(data)
        self.input.writeBuffer(&buffer)
        switch self.head.parse(self.input.readableBytesUInt8Span) {
        case .needMore: return
        case .malformed(let fault):
            self.send(ManagementListener.answer(fault.status, fault.description + "\n"), context)
        case .complete:
            self.isAnswering = true
            let path = String(
                decoding: Array(copying: self.input.readableBytesUInt8Span.extracting(self.head.pathAndQuery)),
                as: UTF8.self
            )
            guard self.head.method == .get else {
                self.send(ManagementListener.answer(405, "only GET\n"), context)
                return
            }
            let report = self.report
            let channel = context.channel
            Task { await ManagementListener.respond(to: path, report, over: channel) }
        }
    }

    private func send(_ output: ByteBuffer, _ context: ChannelHandlerContext) {
        self.isAnswering = true
        let channel = context.channel
        context.writeAndFlush(self.wrapOutboundOut(output)).assumeIsolated().whenComplete { _ in
            channel.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
