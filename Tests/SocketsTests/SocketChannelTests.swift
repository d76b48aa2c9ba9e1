import Foundation
import NIOCore
import NIOPosix
import Sockets
import Synchronization
import Testing

/// Connections of this room with SwiftNIO's own at the other end.
@Suite("Connections")
struct SocketChannelTests {
    /// Sends back whatever comes.
    private final class Echo: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.write(data, promise: nil) }
        func channelReadComplete(context: ChannelHandlerContext) { context.flush() }
    }

    /// Keeps what comes, and tells when so much has come, or all of it.
    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        var bytes = ByteBuffer()
        let wanted: Int
        let done: EventLoopPromise<ByteBuffer>

        init(_ wanted: Int, _ done: EventLoopPromise<ByteBuffer>) {
            self.wanted = wanted
            self.done = done
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var buffer = self.unwrapInboundIn(data)
            self.bytes.writeBuffer(&buffer)
            if self.bytes.readableBytes >= self.wanted { self.done.succeed(self.bytes) }
        }

        func channelInactive(context: ChannelHandlerContext) { self.done.succeed(self.bytes) }
    }

    /// Where a test listens: a port that it closes stays free at an address that nobody else uses, and may be anybody's at another.
    enum Place: String {
        case shared = "127.0.0.1"
        case closing = "127.83.0.1"
        case listenerCloses = "127.83.0.2"
        case failing = "127.83.0.3"
    }

    static func listen(
        on loop: PollLoop,
        at place: Place = .shared,
        accept: @escaping @Sendable (SocketChannel) throws -> Void
    ) async throws -> ListeningSocket {
        let loopback = try SocketAddress(ipAddress: place.rawValue, port: 0)
        return try await ListeningSocket.open(loopback, isShared: false, on: loop, accept: accept)
    }

    static func client(
        _ port: Int,
        at place: Place = .shared,
        wanting count: Int
    ) async throws -> (any Channel, EventLoopFuture<ByteBuffer>) {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let done = loop.makePromise(of: ByteBuffer.self)
        let bootstrap = ClientBootstrap(group: loop).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Collector(count, done))
            }
        }
        do {
            return (try await bootstrap.connect(host: place.rawValue, port: port).get(), done.futureResult)
        } catch {
            done.fail(error)
            throw error
        }
    }

    static func bytes(_ count: Int) -> ByteBuffer {
        ByteBuffer(bytes: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
    }

    @Test(
        "What is sent comes back, from one byte to more than any buffer holds",
        arguments: [1, 1_500, 65_536, 8 << 20]
    )
    func echo(count: Int) async throws {
        try await PollLoopTests.onLoop { loop in
            let socket = try await Self.listen(on: loop) { channel in
                try channel.pipeline.syncOperations.addHandler(Echo())
            }
            let (channel, received) = try await Self.client(socket.port, wanting: count)
            let sent = Self.bytes(count)
            try await channel.writeAndFlush(sent)
            let answer = try await received.get()
            #expect(answer == sent)
            try await channel.close()
        }
    }

    @Test("A writer is told when the socket takes no more, and again when it does; all arrives in order")
    func backPressure() async throws {
        try await PollLoopTests.onLoop { loop in
            let changes = Mutex<[Bool]>([])
            final class Writer: ChannelInboundHandler {
                typealias InboundIn = ByteBuffer
                typealias OutboundOut = ByteBuffer
                let changes: @Sendable (Bool) -> Void
                let bytes: ByteBuffer
                init(_ bytes: ByteBuffer, changes: @escaping @Sendable (Bool) -> Void) {
                    self.bytes = bytes
                    self.changes = changes
                }
                func channelActive(context: ChannelHandlerContext) {
                    var rest = self.bytes
                    while let piece = rest.readSlice(length: min(rest.readableBytes, 100_000)), piece.readableBytes > 0
                    {
                        context.write(self.wrapOutboundOut(piece), promise: nil)
                    }
                    context.flush()
                }
                func channelWritabilityChanged(context: ChannelHandlerContext) {
                    self.changes(context.channel.isWritable)
                }
            }
            let sent = Self.bytes(16 << 20)
            let socket = try await Self.listen(on: loop) { channel in
                let writer = Writer(sent) { isWritable in changes.withLock { $0.append(isWritable) } }
                try channel.pipeline.syncOperations.addHandler(writer)
            }
            let (channel, received) = try await Self.client(socket.port, wanting: sent.readableBytes)
            let arrived = try await received.get()
            #expect(arrived == sent)
            // On the loop, so that what follows the last send has happened.
            let seen = try await loop.submit { changes.withLock { $0 } }.get()
            #expect(seen == [false, true])
            try await channel.close()
        }
    }

    @Test("Who closes what comes in closes the other side, and an output that ends is an end to read")
    func closing() async throws {
        final class Answer: ChannelInboundHandler, Sendable {
            typealias InboundIn = ByteBuffer
            typealias OutboundOut = ByteBuffer
            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                context.writeAndFlush(data, promise: nil)
                context.close(mode: .output, promise: nil)
            }
        }
        try await PollLoopTests.onLoop { loop in
            let socket = try await Self.listen(on: loop) { channel in
                try channel.pipeline.syncOperations.addHandler(Answer())
            }
            let (channel, received) = try await Self.client(socket.port, wanting: .max)
            try await channel.writeAndFlush(ByteBuffer(string: "bye"))
            let answer = try await received.get()
            #expect(answer == ByteBuffer(string: "bye"))
            try await channel.closeFuture.get()
        }
    }

    @Test("A listener that closes takes no more, and leaves the open ones be")
    func listenerCloses() async throws {
        try await PollLoopTests.onLoop { loop in
            let accepted = loop.makePromise(of: Void.self)
            let socket = try await Self.listen(on: loop, at: .listenerCloses) { channel in
                try channel.pipeline.syncOperations.addHandler(Echo())
                accepted.succeed()
            }
            let (channel, received) = try await Self.client(socket.port, at: .listenerCloses, wanting: 2)
            try await channel.writeAndFlush(ByteBuffer(string: "a"))
            // Made is not accepted: what waits at the door when it closes is turned away.
            try await accepted.futureResult.get()
            await socket.close()
            await #expect(throws: (any Error).self) {
                try await Self.client(socket.port, at: .listenerCloses, wanting: 1)
            }
            try await channel.writeAndFlush(ByteBuffer(string: "b"))
            let answer = try await received.get()
            #expect(answer == ByteBuffer(string: "ab"))
            try await channel.close()
        }
    }

    @Test("A connection refused at the door is closed")
    func refused() async throws {
        struct NoRoom: Error {}
        try await PollLoopTests.onLoop { loop in
            let socket = try await Self.listen(on: loop) { _ in throw NoRoom() }
            let (channel, received) = try await Self.client(socket.port, wanting: 1)
            let answer = try await received.get()
            #expect(answer.readableBytes == 0)
            try await channel.closeFuture.get()
        }
    }

    @Test("A port is one loop's alone unless it is shared")
    func sharing() async throws {
        try await PollLoopTests.onLoop { loop in
            let first = try await ListeningSocket.open(
                SocketAddress(ipAddress: "127.0.0.1", port: 0),
                isShared: true,
                on: loop
            ) { _ in }
            let taken = try SocketAddress(ipAddress: "127.0.0.1", port: first.port)
            _ = try await ListeningSocket.open(taken, isShared: true, on: loop) { _ in }
            #expect(throws: SocketFailure.self) { try ListeningSocket.probe(taken) }
            await #expect(throws: SocketFailure.self) {
                try await ListeningSocket.open(taken, isShared: false, on: loop) { _ in }
            }
        }
    }

    // MARK: - Connecting

    private static func connect(
        _ destination: SocketChannel.Destination,
        on loop: PollLoop,
        sending bytes: ByteBuffer
    ) async throws -> ByteBuffer {
        let done = loop.makePromise(of: ByteBuffer.self)
        loop.execute {
            SocketChannel.connect(
                to: destination,
                on: loop,
                within: .minutes(5),
                prepare: { channel in
                    try channel.pipeline.syncOperations.addHandler(Collector(bytes.readableBytes, done))
                },
                done: { result in
                    switch result {
                    case .success(let channel): channel.writeAndFlush(bytes, promise: nil)
                    case .failure(let error): done.fail(error)
                    }
                }
            )
        }
        return try await done.futureResult.get()
    }

    /// A path for a Unix socket, short enough for its address wherever temporary files are.
    private static func withPath(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "s-\(UUID().uuidString.prefix(8))").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    private static func server(_ group: MultiThreadedEventLoopGroup) -> ServerBootstrap {
        ServerBootstrap(group: group).childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Echo()) }
        }
    }

    @Test("A connection is made to an address, to a name, and to a Unix socket")
    func connecting() async throws {
        try await Self.withPath { path in
            let tcp = try await Self.server(.singleton).bind(host: "127.0.0.1", port: 0).get()
            let unix = try await Self.server(.singleton).bind(unixDomainSocketPath: path).get()
            let port = try #require(tcp.localAddress?.port)
            try await PollLoopTests.onLoop { loop in
                // `localhost` has an IPv6 address as well on most machines, which nobody listens on: the next is tried.
                for destination in [.host("127.0.0.1", port: port), .host("localhost", port: port), .path(path)]
                    as [SocketChannel.Destination]
                {
                    let sent = Self.bytes(100_000)
                    let received = try await Self.connect(destination, on: loop, sending: sent)
                    #expect(received == sent)
                }
            }
            try await tcp.close()
            try await unix.close()
        }
    }

    @Test("Where nobody listens, and where there is nothing, a connection fails")
    func failing() async throws {
        try await PollLoopTests.onLoop { loop in
            let place = Place.failing
            let socket = try await Self.listen(on: loop, at: place) { _ in }
            await socket.close()
            for destination in [
                .host(place.rawValue, port: socket.port), .host("no-such-host.invalid", port: 1),
                .path("/no/such/socket"),
            ] as [SocketChannel.Destination] {
                await #expect(throws: (any Error).self) {
                    try await Self.connect(destination, on: loop, sending: ByteBuffer(string: "x"))
                }
            }
        }
    }

    @Test("A name that nobody resolves is given up in time", .timeLimit(.minutes(5)))
    func silentNames() async throws {
        // Every thread that could resolve it waits.
        let (started, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let count = NIOSingletons.blockingPoolThreadCountSuggestion
        for _ in 0..<count {
            NIOThreadPool.singleton.submit { _ in
                started.signal()
                release.wait()
            }
        }
        defer { for _ in 0..<count { release.signal() } }
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                for _ in 0..<count { started.wait() }
                continuation.resume()
            }
        }
        try await PollLoopTests.onLoop { loop in
            let made = loop.makePromise(of: Void.self)
            loop.execute {
                SocketChannel.connect(
                    to: .host("localhost", port: 1),
                    on: loop,
                    within: .milliseconds(1),
                    prepare: { _ in },
                    done: { result in made.completeWith(result.map { _ in }) }
                )
            }
            await #expect(throws: ChannelError.connectTimeout(.milliseconds(1))) { try await made.futureResult.get() }
        }
    }
}
