import Foundation
import HTTP1
import NIOCore
import NIOPosix
import NIOSSL

/// Asks the console's API, as the person who calls.
///
/// One request, one connection: commands are short. TLS is verified against the CA that the caller names; there is no way
/// to switch that off. Names under `.localhost` are this machine (RFC 6761, section 6.3), whatever the resolver says.
struct ConsoleClient: Sendable {
    /// Why there is no answer.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// An answer.
    struct Answer: Sendable {
        var status: Int
        var body: [UInt8]
    }

    /// The largest answer that is taken, in bytes.
    static let maximumBytes = 64 << 20

    private let url: URL
    private let host: String
    private let authorization: String
    private let tls: NIOSSLContext?

    /// Prepares to ask.
    ///
    /// - Parameters:
    ///   - text: The console's address, `https://name:port`.
    ///   - name: The login name of the person who calls.
    ///   - password: Their password.
    ///   - authorities: A PEM file of authorities; `nil` takes the system's.
    /// - Throws: ``Failure`` when the address, the name or the authorities cannot be used.
    init(url text: String, name: String, password: String, authorities: String?) throws(Failure) {
        guard let url = URL(string: text), let host = url.host(), url.scheme == "https" || url.scheme == "http" else {
            throw Failure(description: "found the address `\(text)`, expected `https://name:port`")
        }
        guard url.scheme == "https" || host == "127.0.0.1" || host == "localhost" || host.hasSuffix(".localhost") else {
            throw Failure(description: "found `\(text)`, expected `https://`: a password is not sent in clear text")
        }
        guard !name.contains(":"), !name.isEmpty else {
            throw Failure(description: "found the name `\(name)`, expected one without a colon")
        }
        self.url = url
        self.host = host
        self.authorization = "Basic " + Data("\(name):\(password)".utf8).base64EncodedString()
        guard url.scheme == "https" else {
            self.tls = nil
            return
        }
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            if let authorities {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorities))
            }
            self.tls = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Failure(
                description: "the authorities in `\(authorities ?? "the system's store")` cannot be read: \(error)"
            )
        }
    }

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - call: What to ask or order.
    ///   - deadline: How long the whole exchange may take.
    /// - Returns: The status and the body.
    /// - Throws: ``Failure`` when there is no whole answer in time.
    func send(_ call: ConsoleCall, deadline: TimeAmount = .seconds(60)) async throws -> Answer {
        let port = self.url.port ?? (self.tls == nil ? 80 : 443)
        let isHere = self.host == "localhost" || self.host.hasSuffix(".localhost")
        let tls = self.tls
        let host = self.host
        let content = call.body.map { "content-type: application/json\r\ncontent-length: \($0.count)\r\n" } ?? ""
        let body = call.body.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let request =
            "\(call.method.rawValue) \(call.path) HTTP/1.1\r\nhost: \(host)\(self.url.port.map { ":\($0)" } ?? "")\r\n"
            + "authorization: \(self.authorization)\r\naccept: application/json\r\nuser-agent: stile\r\n\(content)connection: close\r\n\r\n\(body)"
        let group = MultiThreadedEventLoopGroup.singleton
        let answered = group.any().makePromise(of: ByteBuffer.self)
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(.seconds(10))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let name = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." } ? nil : host
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: name)
                        )
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        AnswerCollector(request: request, answered: answered)
                    )
                }
            }
        let channel: any Channel
        do {
            channel = try await bootstrap.connect(host: isHere ? "127.0.0.1" : host, port: port).get()
        } catch {
            answered.fail(error)
            throw Failure(description: "cannot reach \(self.url): \(error)")
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
            throw Failure(description: "no answer from \(self.url): \(error)")
        }
        return try Self.parsed(Array(bytes.readableBytesView))
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

    private let request: String
    private let answered: EventLoopPromise<ByteBuffer>
    private var collected = ByteBuffer()

    init(request: String, answered: EventLoopPromise<ByteBuffer>) {
        self.request = request
        self.answered = answered
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: self.request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var piece = self.unwrapInboundIn(data)
        self.collected.writeBuffer(&piece)
        guard self.collected.readableBytes <= ConsoleClient.maximumBytes else {
            self.answered.fail(
                ConsoleClient.Failure(description: "the answer is larger than \(ConsoleClient.maximumBytes) bytes")
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
