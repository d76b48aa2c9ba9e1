import NIOCore
import NIOPosix
import Sockets
import Testing

/// The short way between a socket and the only handler on it.
@Suite("Handlers that stand alone")
struct LoneHandlerTests {
    /// Stands alone: sends back whatever comes without the pipeline, and reads no further while the socket is full.
    private final class LoneEcho: ChannelInboundHandler, LoneHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private var context: ChannelHandlerContext?
        private var socket: SocketChannel?
        private var isPaused = false
        /// Every second piece takes the pipeline, and must not overtake or be overtaken.
        private var usesPipeline = false

        func handlerAdded(context: ChannelHandlerContext) {
            self.context = context
            self.socket = context.channel as? SocketChannel
            self.socket?.lone = self
        }

        func handlerRemoved(context: ChannelHandlerContext) {
            self.socket?.lone = nil
            (self.context, self.socket) = (nil, nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            Issue.record("a lone handler is not reached through the pipeline")
        }

        func take(_ bytes: ByteBuffer) {
            if self.usesPipeline {
                self.context?.write(self.wrapOutboundOut(bytes), promise: nil)
            } else {
                self.socket?.send(bytes)
            }
            self.usesPipeline.toggle()
        }

        func hasTakenAll() { self.context?.flush() }

        func asksForMore() -> Bool {
            self.isPaused = self.socket?.isWritable == false
            return !self.isPaused
        }

        func channelWritabilityChanged(context: ChannelHandlerContext) {
            if self.isPaused, context.channel.isWritable { context.read() }
        }
    }

    @Test("A handler that stands alone gets and sends the same", arguments: [1, 1_500, 2_049, 65_536, 8 << 20])
    func lone(count: Int) async throws {
        try await PollLoopTests.onLoop { loop in
            let socket = try await SocketChannelTests.listen(on: loop) { channel in
                try channel.pipeline.syncOperations.addHandler(LoneEcho())
            }
            let (channel, received) = try await SocketChannelTests.client(socket.port, wanting: count)
            let sent = SocketChannelTests.bytes(count)
            try await channel.writeAndFlush(sent)
            let answer = try await received.get()
            #expect(answer == sent)
            try await channel.close()
        }
    }

    /// Answers the first piece with itself, and each later one with all that came since, which it has kept.
    private final class Keeper: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private var kept: [ByteBuffer]?

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard var kept = self.kept else {
                self.kept = []
                context.writeAndFlush(data, promise: nil)
                return
            }
            kept.append(self.unwrapInboundIn(data))
            self.kept = kept
            context.writeAndFlush(
                self.wrapOutboundOut(ByteBuffer(string: kept.map { String(buffer: $0) }.joined())),
                promise: nil
            )
        }
    }

    /// Sends one letter after the other, each when the answer to the last is there.
    private final class Speller: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private var answers = ""
        private var steps: ArraySlice<(letter: String, answer: String)>
        let done: EventLoopPromise<String>

        init(_ steps: [(letter: String, answer: String)], _ done: EventLoopPromise<String>) {
            self.steps = steps[...]
            self.done = done
        }

        func channelActive(context: ChannelHandlerContext) { self.send(context) }

        private func send(_ context: ChannelHandlerContext) {
            guard let letter = self.steps.first?.letter else { return self.done.succeed(self.answers) }
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: letter)), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.answers += String(buffer: self.unwrapInboundIn(data))
            guard let expected = self.steps.first?.answer, self.answers.utf8.count >= expected.utf8.count else {
                return
            }
            self.steps.removeFirst()
            self.send(context)
        }

        func channelInactive(context: ChannelHandlerContext) { self.done.succeed(self.answers) }
    }

    @Test("Memory that serves again is never that of what somebody has kept")
    func memory() async throws {
        try await PollLoopTests.onLoop { loop in
            let socket = try await SocketChannelTests.listen(on: loop) { channel in
                try channel.pipeline.syncOperations.addHandler(Keeper())
            }
            let steps = [("a", "a"), ("b", "ab"), ("c", "abbc"), ("d", "abbcbcd")]
            let other = MultiThreadedEventLoopGroup.singleton.next()
            let done = other.makePromise(of: String.self)
            let channel = try await ClientBootstrap(group: other).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Speller(steps, done))
                }
            }.connect(host: "127.0.0.1", port: socket.port).get()
            let answers = try await done.futureResult.get()
            #expect(answers == steps.last?.1)
            try await channel.close()
        }
    }
}
