import Foundation
import NIOCore
import NIOPosix
import Sockets
import Synchronization
import Testing

/// What a connection that nobody reads from knows of its end.
@Suite("Connections that end unread")
struct ConnectionEndTests {
    /// Reads nothing until it is told to, and then keeps what comes, up to the end.
    private final class LateReader: ChannelDuplexHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundIn = ByteBuffer

        private let ended: EventLoopPromise<(bytes: ByteBuffer, failure: SocketFailure?)>
        private var context: ChannelHandlerContext?
        private var reads = false
        private var bytes = ByteBuffer()
        private var failure: SocketFailure?

        init(_ ended: EventLoopPromise<(bytes: ByteBuffer, failure: SocketFailure?)>) { self.ended = ended }

        func handlerAdded(context: ChannelHandlerContext) { self.context = context }
        func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

        func begin() {
            self.reads = true
            self.context?.read()
        }

        func read(context: ChannelHandlerContext) { if self.reads { context.read() } }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var buffer = self.unwrapInboundIn(data)
            self.bytes.writeBuffer(&buffer)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { self.failure = error as? SocketFailure }

        func channelInactive(context: ChannelHandlerContext) { self.ended.succeed((self.bytes, self.failure)) }
    }

    /// Both ends of a connection.
    private struct Pair {
        let loop: PollLoop
        let ours: SocketChannel
        /// SwiftNIO's, which reads nothing either.
        let theirs: any Channel
        /// What our end has read, and why it ended, when it has.
        let ended: EventLoopFuture<(bytes: ByteBuffer, failure: SocketFailure?)>

        /// Returns when the loop has been told of whatever was there before.
        func settle() async {
            // The second of two rounds begins after it.
            for _ in 0..<2 { await self.loop.run {} }
        }

        func read() async throws {
            try await self.loop.submit { [ours] in
                try ours.pipeline.syncOperations.handler(type: LateReader.self).begin()
            }.get()
        }
    }

    /// Makes a connection: over a Unix socket, where nothing is on its way any more once it is sent, or over TCP.
    private static func withPair(isLocal: Bool, _ body: (Pair) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "s-\(UUID().uuidString.prefix(8))").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let group = MultiThreadedEventLoopGroup.singleton
        let theirs = group.next().makePromise(of: (any Channel).self)
        let bootstrap = ServerBootstrap(group: group).childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                theirs.succeed(channel)
                return channel.eventLoop.makeSucceededVoidFuture()
            }
        let server =
            isLocal
            ? try await bootstrap.bind(unixDomainSocketPath: path).get()
            : try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
        let port = isLocal ? 0 : try #require(server.localAddress?.port)
        try await PollLoopTests.onLoop { loop in
            let ours = loop.makePromise(of: SocketChannel.self)
            let ended = loop.makePromise(of: (bytes: ByteBuffer, failure: SocketFailure?).self)
            loop.execute {
                SocketChannel.connect(
                    to: isLocal ? .path(path) : .host("127.0.0.1", port: port),
                    on: loop,
                    within: .minutes(5),
                    prepare: { channel in try channel.pipeline.syncOperations.addHandler(LateReader(ended)) },
                    done: { ours.completeWith($0) }
                )
            }
            let pair = Pair(
                loop: loop,
                ours: try await ours.futureResult.get(),
                theirs: try await theirs.futureResult.get(),
                ended: ended.futureResult
            )
            try await body(pair)
        }
        try await server.close()
    }

    @Test("What a Unix socket's other side sent before it closed is there for whoever reads on later")
    func lateReader() async throws {
        try await Self.withPair(isLocal: true) { pair in
            let sent = SocketChannelTests.bytes(32_768)
            try await pair.theirs.writeAndFlush(sent)
            try await pair.theirs.close()
            await pair.settle()
            #expect(pair.ours.isActive)
            try await pair.read()
            let ended = try await pair.ended.get()
            #expect(ended.bytes == sent && ended.failure == nil)
        }
    }

    @Test("An end with nothing before it is known without reading")
    func nothingLeft() async throws {
        try await Self.withPair(isLocal: true) { pair in
            try await pair.theirs.close()
            let ended = try await pair.ended.get()
            #expect(ended.bytes.readableBytes == 0 && ended.failure == nil)
        }
    }

    @Test("A connection that is reset while nobody reads has failed: it is not taken for one that has ended")
    func reset() async throws {
        try await Self.withPair(isLocal: false) { pair in
            let options = try #require(pair.theirs as? any SocketOptionProvider)
            try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            try await pair.theirs.close()
            let ended = try await pair.ended.get()
            #expect(ended.failure?.code == ECONNRESET)
        }
    }

    @Test(
        "An idle connection that the other side has ended, or spoken on, is known before it is used",
        arguments: ["ended", "spoken on"]
    )
    func idle(how: String) async throws {
        try await Self.withPair(isLocal: true) { pair in
            let before = try await pair.loop.submit { [ours = pair.ours] in ours.hasSomethingToSay }.get()
            #expect(!before)
            // Within one turn of the loop: it has not been told yet, and looks all the same.
            let after = try await pair.loop.submit { [ours = pair.ours, theirs = pair.theirs] in
                // Its sending side alone: a program that another test starts holds the whole one open for a moment.
                let done = how == "ended" ? theirs.close(mode: .output) : theirs.writeAndFlush(ByteBuffer(string: "x"))
                let sent = DispatchSemaphore(value: 0)
                done.whenComplete { _ in sent.signal() }
                sent.wait()
                return ours.isActive && ours.hasSomethingToSay
            }.get()
            #expect(after)
        }
    }

    /// Knows whether a connection is still held by anybody.
    private final class Holders: Sendable {
        private struct Weak { weak var channel: SocketChannel? }
        private let weak = Mutex(Weak())

        var areGone: Bool { self.weak.withLock { $0.channel == nil } }

        func watch(_ channel: SocketChannel) { self.weak.withLock { $0.channel = channel } }
    }

    @Test("A connection that ended unread is let go")
    func letGo() async throws {
        try await PollLoopTests.onLoop { loop in
            let holders = Holders()
            let ended = loop.makePromise(of: (bytes: ByteBuffer, failure: SocketFailure?).self)
            let socket = try await SocketChannelTests.listen(on: loop) { channel in
                try channel.pipeline.syncOperations.addHandler(LateReader(ended))
                holders.watch(channel)
            }
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: socket.port).get()
            let options = try #require(client as? any SocketOptionProvider)
            try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            try await client.close()
            _ = try await ended.futureResult.get()
            // What it left to be done comes before these.
            for _ in 0..<2 { await loop.run {} }
            #expect(holders.areGone)
        }
    }
}
