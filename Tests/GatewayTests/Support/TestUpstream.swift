import Foundation
import Gateway
import HTTP1
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// An upstream that says what it was asked, and misbehaves on request.
///
/// | path ends with | answer |
/// |---|---|
/// | `echo` | the head as it came, as text |
/// | `count` | how many body bytes came |
/// | `big` | 200 MiB, chunked |
/// | `until-close` | a body that ends with the connection |
/// | `big-until-close` | the same, of 16 MiB |
/// | `lines` | a list |
/// | `pages` | a page of two names, `open` to `open9` with `secret` to `secret9` among them |
/// | `slow` | nothing |
/// | `reset` | the connection closes at once |
/// | `drip` | the beginning of 64 bytes; the rest when the test says ``pour()`` |
/// | `cut` | half of what it promised |
/// | `nonsense` | not HTTP |
/// | `early` | an answer before the body was read |
/// | `once` | an answer, after which the connection closes without saying so |
/// | `first-only` | an answer to the first request of a connection; the next one resets it |
/// | `say` | what the field `X-Say` holds, `%0D%0A` for a line end |
final class TestUpstream: Sendable {
    private struct State {
        var heads: [String] = []
        var connections = 0
        var closed = 0
        var dripping: [any Channel] = []
    }

    private let state = Mutex(State())
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    /// The heads that came, in order.
    var heads: [String] { self.state.withLock { $0.heads } }
    var connections: Int { self.state.withLock { $0.connections } }
    /// How many connections are closed, whoever closed them.
    var closed: Int { self.state.withLock { $0.closed } }
    var port: Int { self.channel.withLock { $0?.localAddress?.port ?? 0 } }

    static func start(unixSocket path: String? = nil, certificate: CertificateFiles? = nil) async throws -> TestUpstream
    {
        let upstream = TestUpstream()
        var security: NIOSSLContext?
        if let certificate {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate.chain).map {
                NIOSSLCertificateSource.certificate($0)
            }
            let key = try NIOSSLPrivateKey(file: certificate.key, format: .pem)
            security = try NIOSSLContext(
                configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
            )
        }
        let context = security
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    upstream.state.withLock { $0.connections += 1 }
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(Serving(upstream))
                }
            }
        let channel =
            if let path {
                try await bootstrap.bind(unixDomainSocketPath: path).get()
            } else {
                try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            }
        upstream.channel.withLock { $0 = channel }
        return upstream
    }

    /// One behind a Unix socket, whose path is short enough for its address wherever temporary files are.
    static func withUnixSocket(_ body: (TestUpstream, _ path: String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "s-\(UUID().uuidString.prefix(8))").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let upstream = try await TestUpstream.start(unixSocket: path)
        do {
            try await body(upstream, path)
        } catch {
            await upstream.stop()
            throw error
        }
        await upstream.stop()
    }

    /// Sends the rest of every answer that has only begun.
    func pour() {
        let dripping = self.state.withLock { state in
            defer { state.dripping = [] }
            return state.dripping
        }
        for channel in dripping {
            channel.writeAndFlush(ByteBuffer(repeating: UInt8(ascii: "e"), count: 59), promise: nil)
        }
    }

    func stop() async { try? await self.channel.withLock { $0 }?.close() }

    private final class Serving: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let upstream: TestUpstream
        private var bytes: [UInt8] = []
        private var head = RequestHead()
        private var left: Int?
        private var chunks: ChunkedBody?
        private var received = 0
        private var path = ""
        private var headText = ""
        /// How many requests came on this connection.
        private var requests = 0
        private var isSilent = false
        private var toSend = 0
        private var isChunked = true

        init(_ upstream: TestUpstream) { self.upstream = upstream }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.bytes += Array(self.unwrapInboundIn(data).readableBytesView)
            while !self.isSilent, self.step(context) {}
        }

        private func step(_ context: ChannelHandlerContext) -> Bool {
            if let left = self.left {
                let taken = min(left, self.bytes.count)
                self.received += taken
                self.bytes.removeFirst(taken)
                self.left = left - taken
                if left == taken { self.respond(context) }
                return left == taken
            }
            if self.chunks != nil {
                var offset = 0
                while true {
                    switch self.chunks?.next(self.bytes.span, from: &offset) {
                    case .data(let range): self.received += range.count
                    case .end:
                        self.bytes.removeFirst(offset)
                        self.chunks = nil
                        self.respond(context)
                        return true
                    default:
                        self.bytes.removeFirst(offset)
                        return false
                    }
                }
            }
            guard case .complete(let length) = self.head.parse(self.bytes.span) else { return false }
            self.headText = String(decoding: self.bytes[..<length], as: UTF8.self)
            self.path = String(decoding: self.bytes[self.head.pathAndQuery], as: UTF8.self)
            self.requests += 1
            let text = self.headText
            self.upstream.state.withLock { $0.heads.append(text) }
            let framing = self.head.body
            self.head.reset()
            self.bytes.removeFirst(length)
            self.received = 0
            if self.path.hasSuffix("early") {
                self.send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nearly", context)
                self.isSilent = true
                return false
            }
            switch framing {
            case .length(let length): self.left = length
            case .chunked: self.chunks = ChunkedBody()
            case .none, .untilClose: self.respond(context)
            }
            return true
        }

        private func respond(_ context: ChannelHandlerContext) {
            self.left = nil
            let isHead = self.headText.hasPrefix("HEAD ")
            switch self.path.split(separator: "/").last?.split(separator: "?").first {
            case "count": self.sendBody("\(self.received)", context)
            case "big":
                self.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", context)
                self.toSend = 200 << 20
                self.sendMore(context)
            case "until-close":
                self.send("HTTP/1.1 200 OK\r\n\r\nuntil the end", context)
                context.close(promise: nil)
            case "big-until-close":
                self.send("HTTP/1.1 200 OK\r\n\r\n", context)
                (self.toSend, self.isChunked) = (16 << 20, false)
                self.sendMore(context)
            case "lines", "list": self.sendBody("open\nsecret\nopen2\n", context)
            case "pages": self.sendBody(Self.page(self.path), context)
            case "encoded":
                self.send("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nabcd", context)
            case "slow": self.isSilent = true
            case "reset": context.close(promise: nil)
            case "drip":
                self.send("HTTP/1.1 200 OK\r\ncontent-length: 64\r\n\r\nbegun", context)
                let channel = context.channel
                self.upstream.state.withLock { $0.dripping.append(channel) }
            case "cut":
                self.send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf", context)
                context.close(promise: nil)
            case "nonsense":
                self.send("SSH-2.0-OpenSSH_9.2\r\n\r\n", context)
            case "smuggle":
                self.send(
                    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil",
                    context
                )
            case "once":
                self.sendBody("once", context)
                // The end first: a program that another test starts holds the connection itself open for a moment.
                let channel = context.channel
                context.close(mode: .output).whenComplete { _ in channel.close(promise: nil) }
            case "first-only":
                if self.requests == 1 {
                    self.sendBody("first", context)
                } else {
                    _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                    context.close(promise: nil)
                }
            case "say":
                let said = self.headText.components(separatedBy: "X-Say: ").dropFirst().first ?? ""
                var line = said.components(separatedBy: "\r\n")[0]
                for (escape, byte) in [("%0D", "\r"), ("%0A", "\n"), ("%00", "\0")] {
                    line = line.replacingOccurrences(of: escape, with: byte)
                }
                self.send(line, context)
            case "redirect":
                self.send("HTTP/1.1 302 Found\r\nlocation: /things/open\r\ncontent-length: 0\r\n\r\n", context)
            case "absent": self.send("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", context)
            case "a1": self.sendBody("open", context)
            case "a2": self.sendBody("secret", context)
            default:
                if isHead {
                    self.send("HTTP/1.1 200 OK\r\ncontent-length: 1234\r\nx-stile-forged: yes\r\n\r\n", context)
                } else {
                    self.sendBody(self.headText, context)
                }
            }
        }

        /// The page of names behind a token, which is an offset.
        private static func page(_ path: String) -> String {
            let names = ["secret", "open1", "secret1", "secret2", "secret3", "open2", "secret4", "open3", "secret5"]
            let offset = path.split(separator: "page_token=").dropFirst().first.flatMap { Int($0) } ?? 0
            let page = names.dropFirst(offset).prefix(2).map { #""\#($0)""# }.joined(separator: ",")
            let token = offset + 2 < names.count ? #","next_page_token":"\#(offset + 2)""# : ""
            return #"{"names":[\#(page)]\#(token)}"#
        }

        private func sendBody(_ body: String, _ context: ChannelHandlerContext) {
            self.send(
                "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)",
                context
            )
        }

        private func send(_ text: String, _ context: ChannelHandlerContext) {
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }

        func channelWritabilityChanged(context: ChannelHandlerContext) { self.sendMore(context) }

        private static let piece = ByteBuffer(repeating: 0x61, count: 65_536)

        private func sendMore(_ context: ChannelHandlerContext) {
            while self.toSend > 0, context.channel.isWritable {
                if self.isChunked { context.write(self.wrapOutboundOut(ByteBuffer(string: "10000\r\n")), promise: nil) }
                context.write(self.wrapOutboundOut(Self.piece), promise: nil)
                self.toSend -= 65_536
                let isLast = self.toSend == 0
                guard self.isChunked else {
                    let sent = context.eventLoop.makePromise(of: Void.self)
                    context.writeAndFlush(self.wrapOutboundOut(ByteBuffer()), promise: sent)
                    let channel = context.channel
                    if isLast { sent.futureResult.whenComplete { _ in channel.close(promise: nil) } }
                    continue
                }
                self.send(isLast ? "\r\n0\r\n\r\n" : "\r\n", context)
            }
        }

        // The socket is closed by then: its end is on its way before anything that is sent after the count was seen.
        func channelInactive(context: ChannelHandlerContext) { self.upstream.state.withLock { $0.closed += 1 } }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
