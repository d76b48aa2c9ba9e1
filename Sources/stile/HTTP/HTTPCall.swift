import Foundation
import HTTP1
import NIOCore
import NIOPosix
import NIOSSL

/// One request over a connection of its own, and its whole answer.
///
/// For what happens once in a while: commands, witnesses, shipping. TLS is verified against the given authorities; there
/// is no way to switch that off. Names under `.localhost` are this machine (RFC 6761, section 6.3), whatever the resolver
/// says. Redirects are not followed.
struct HTTPCall: Sendable {
    /// Why there is no answer.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// An answer.
    struct Answer: Sendable {
        var status: Int
        var body: [UInt8]
    }

    /// The method.
    var method: String
    /// Scheme, host and port; its path counts for nothing.
    var url: URL
    /// The path and query as they go on the wire.
    var target: String
    /// `nil` for plain HTTP.
    var tls: NIOSSLContext?
    /// Further header fields; without control characters.
    var fields: [(name: String, value: String)] = []
    /// The body and its media type.
    var body: (type: String, bytes: [UInt8])?
    /// The largest answer that is taken, in bytes; default 1 MiB.
    var maximumBytes = 1 << 20

    init(method: String, url: URL, target: String, tls: NIOSSLContext?) {
        self.method = method
        self.url = url
        self.target = target
        self.tls = tls
    }

    /// Sends the request and waits for the answer.
    ///
    /// - Parameter deadline: How long the whole exchange may take.
    /// - Returns: The status and the body.
    /// - Throws: ``Failure`` when there is no whole answer in time.
    func answer(deadline: TimeAmount) async throws -> Answer {
        let host = self.url.host() ?? ""
        let port = self.url.port ?? (self.tls == nil ? 80 : 443)
        let isHere = host == "localhost" || host.hasSuffix(".localhost")
        let (tls, maximum, request) = (self.tls, self.maximumBytes, self.bytes)
        let group = MultiThreadedEventLoopGroup.singleton
        let answered = group.any().makePromise(of: ByteBuffer.self)
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(min(.seconds(10), deadline))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: Self.serverName(host))
                        )
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        AnswerCollector(request: request, maximum: maximum, answered: answered)
                    )
                }
            }
        let channel: any Channel
        do {
            channel = try await bootstrap.connect(host: isHere ? "127.0.0.1" : host, port: port).get()
        } catch {
            answered.fail(error)
            throw Failure(description: "cannot reach \(self.url): \(Self.reason(error))")
        }
        let timer = channel.eventLoop.scheduleTask(in: deadline) {
            answered.fail(Failure(description: "no answer within \(deadline.nanoseconds / 1_000_000_000) s"))
        }
        defer {
            timer.cancel()
            channel.close(promise: nil)
        }
        let bytes: ByteBuffer
        do {
            bytes = try await answered.futureResult.get()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(description: "no answer from \(self.url): \(Self.reason(error))")
        }
        return try Self.parsed(Array(bytes.readableBytesView))
    }

    /// The name to ask a server for in TLS; an address is none.
    static func serverName(_ host: String) -> String? {
        host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." } ? nil : host
    }

    /// Why there is no connection, or no answer, in words for whoever called.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let failure as NIOConnectionError:
            if let first = failure.connectionErrors.first { return self.reason(first.error) }
            return "the name `\(failure.host)` cannot be resolved"
        case let failure as IOError:
            // The text is copied before anything else could overwrite it.
            return unsafe String(cString: strerror(failure.errnoCode))
        case ChannelError.connectTimeout:
            return "nothing came back in time"
        case NIOSSLError.handshakeFailed(let details) where "\(details)".contains("CERTIFICATE_VERIFY_FAILED"):
            return "its certificate was issued by none of the authorities that are trusted here"
        case NIOSSLError.handshakeFailed(let details) where "\(details)".contains("WRONG_VERSION_NUMBER"):
            return "what answers there does not speak TLS"
        default:
            return "\(error)"
        }
    }

    /// The request as it goes on the wire.
    private var bytes: [UInt8] {
        let port = self.url.port.map { ":\($0)" } ?? ""
        var head = "\(self.method) \(self.target) HTTP/1.1\r\nhost: \(self.url.host() ?? "")\(port)\r\n"
        head += "user-agent: stile\r\n"
        for (name, value) in self.fields { head += "\(name): \(value)\r\n" }
        if let body { head += "content-type: \(body.type)\r\ncontent-length: \(body.bytes.count)\r\n" }
        return Array((head + "connection: close\r\n\r\n").utf8) + (self.body?.bytes ?? [])
    }

    private static func parsed(_ bytes: [UInt8]) throws(Failure) -> Answer {
        var head = ResponseHead()
        guard case .complete(let length) = head.parse(bytes.span, answering: .get) else {
            throw Failure(description: "found \(bytes.count) bytes that are no HTTP answer; is this Stile's address?")
        }
        let rest = bytes[length...]
        switch head.body {
        case .length(let expected):
            guard rest.count >= expected else { throw Failure(description: "the answer was cut short") }
            return Answer(status: head.status, body: Array(rest.prefix(expected)))
        case .untilClose, .none:
            return Answer(status: head.status, body: Array(rest))
        case .chunked:
            var chunks = ChunkedBody()
            var offset = length
            var body: [UInt8] = []
            while true {
                switch chunks.next(bytes.span, from: &offset) {
                case .data(let range): body += bytes[range]
                case .end: return Answer(status: head.status, body: body)
                default: throw Failure(description: "the answer was cut short")
                }
            }
        }
    }
}

/// Sends one request and collects everything until the other side closes.
private final class AnswerCollector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: [UInt8]
    private let maximum: Int
    private let answered: EventLoopPromise<ByteBuffer>
    private var collected = ByteBuffer()

    init(request: [UInt8], maximum: Int, answered: EventLoopPromise<ByteBuffer>) {
        self.request = request
        self.maximum = maximum
        self.answered = answered
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: self.request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var piece = self.unwrapInboundIn(data)
        self.collected.writeBuffer(&piece)
        guard self.collected.readableBytes <= self.maximum else {
            self.answered.fail(
                HTTPCall.Failure(description: "the answer is larger than \(self.maximum) bytes")
            )
            context.close(promise: nil)
            return
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.answered.succeed(self.collected)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A close without TLS's farewell after a whole answer is judged by the answer's own length.
        if case NIOSSLError.uncleanShutdown = error, self.collected.readableBytes > 0 { return }
        self.answered.fail(error)
        context.close(promise: nil)
    }
}
