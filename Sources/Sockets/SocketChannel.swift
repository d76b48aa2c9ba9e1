import CSockets
import Glibc
package import NIOCore

/// A connection on a ``PollLoop``, with SwiftNIO's pipeline on top.
///
/// What it leaves out, against SwiftNIO's own: options, half-open connections, scatter reads, and any registration that
/// changes while nothing is wrong. It reads as long as somebody asks for more, writes at once, and asks to be told of room
/// only when the socket took less than it was given.
// SAFETY: confined to its loop, like the pipeline's handlers; other threads hold it and hand it back.
package final class SocketChannel: Polled, Channel, ChannelCore, @unchecked Sendable {
    private let loop: PollLoop
    private(set) var descriptor: Int32
    package let remoteAddress: SocketAddress?
    private let closePromise: EventLoopPromise<Void>
    private var ownPipeline: ChannelPipeline?

    enum State {
        case fresh
        case connecting((Result<SocketChannel, any Error>) -> Void)
        case active
        case closed
    }

    private(set) var state = State.fresh
    /// Whether the loop watches it.
    private var isWatched = false
    /// What it is watched for.
    private var interest: UInt32 = 0
    /// Whether somebody has asked for more since the last read.
    private var wantsRead = false
    private var isReading = false
    /// Whether the last read filled what it was given: then the next one goes straight into a buffer of its own.
    private var readsMuch = false
    /// What came last, if it was little.
    private var received = ByteBuffer()

    private(set) var output = OutputQueue()
    /// Who takes what comes, where nothing stands between: it names itself when it is added, until it is removed.
    package var lone: (any LoneHandler)?
    package private(set) var isWritable = true

    init(_ descriptor: Int32, on loop: PollLoop, remote: SocketAddress?) {
        self.descriptor = descriptor
        self.loop = loop
        self.remoteAddress = remote
        self.closePromise = loop.makePromise()
        super.init()
        self.ownPipeline = ChannelPipeline(channel: self)
    }

    // MARK: - Channel

    package var eventLoop: any EventLoop { self.loop }
    package let allocator = ByteBufferAllocator()
    package var closeFuture: EventLoopFuture<Void> { self.closePromise.futureResult }
    package var pipeline: ChannelPipeline {
        // Made in the initialiser, and kept: an optional only because it needs the channel first.
        guard let pipeline = self.ownPipeline else { preconditionFailure("a channel without its pipeline") }
        return pipeline
    }
    package var _channelCore: any ChannelCore { self }
    package var syncOptions: (any NIOSynchronousChannelOptions)? { SocketOptions() }
    package var isActive: Bool { if case .active = self.state { true } else { false } }

    // MARK: - Beginning

    /// Begins to read what the other side sends; the handlers are in place.
    ///
    /// - Throws: ``SocketFailure`` when it cannot be watched; then it is closed without having been active.
    func begin() throws(SocketFailure) {
        do throws(SocketFailure) {
            try self.beginWatching(for: Readiness.read)
        } catch {
            self.end(error, promise: nil)
            throw error
        }
        self.activate()
    }

    private func beginWatching(for interest: UInt32) throws(SocketFailure) {
        try self.loop.add(self, self.descriptor, for: interest)
        self.isWatched = true
        self.interest = interest
    }

    /// Waits until a connection that was begun is made, or is not.
    func connect(then done: @escaping (Result<SocketChannel, any Error>) -> Void) {
        self.state = .connecting(done)
        do throws(SocketFailure) {
            try self.beginWatching(for: Readiness.write)
        } catch {
            self.endConnecting(error)
        }
    }

    private func finishConnecting() {
        guard case .connecting(let done) = self.state else { return }
        let code = csockets_connected(self.descriptor)
        guard code == 0 else {
            self.endConnecting(SocketFailure(operation: "connect", code: -code))
            return
        }
        self.state = .fresh
        self.watch(Readiness.read)
        done(.success(self))
    }

    func endConnecting(_ error: any Error) {
        guard case .connecting(let done) = self.state else { return }
        self.state = .fresh
        self.end(error, promise: nil)
        done(.failure(error))
    }

    /// The handlers are in place, and the socket is watched.
    func activate() {
        self.state = .active
        self.pipeline.syncOperations.fireChannelRegistered()
        self.pipeline.syncOperations.fireChannelActive()
        if case .active = self.state { self.askForMore() }
    }

    // MARK: - Reading

    override func isReady(for what: UInt32) {
        if case .connecting = self.state {
            self.finishConnecting()
            return
        }
        if what & Readiness.write != 0 { self.writeOut() }
        if what & Readiness.read != 0 {
            self.receive()
        } else if what & Readiness.over != 0 {
            self.isOver()
        }
    }

    /// Nobody reads, so nobody would see the end: it has failed, or both sides have ended it.
    ///
    /// What a Unix socket's other side sent before is here for whoever reads on; until then the end would be told again and again.
    private func isOver() {
        let code = csockets_connected(self.descriptor)
        // An answer that lasts until the connection's end is not complete by a failure.
        if code != 0 {
            self.pipeline.syncOperations.fireErrorCaught(SocketFailure(operation: "receive", code: -code))
        }
        guard code == 0, csockets_peek(self.descriptor) > 0 else {
            self.end(ChannelError.eof, promise: nil)
            return
        }
        self.endWatching()
    }

    private func endWatching() {
        guard self.isWatched else { return }
        self.loop.remove(self.descriptor)
        self.isWatched = false
        self.interest = 0
    }

    private func receive() {
        guard case .active = self.state, !self.isReading else { return }
        self.isReading = true
        self.wantsRead = false
        var rounds = 0
        reading: while case .active = self.state, rounds < Self.readsAtOnce {
            rounds += 1
            let count = self.receiveOnce()
            switch count {
            case 1...:
                // Less than asked for: there is nothing more for now.
                if count < PollLoop.scratchBytes { break reading }
            case 0:
                self.isReading = false
                if rounds > 1 { self.lone?.hasTakenAll() ?? self.pipeline.syncOperations.fireChannelReadComplete() }
                self.end(ChannelError.eof, promise: nil)
                return
            case -Int(EAGAIN):
                break reading
            default:
                self.isReading = false
                self.pipeline.syncOperations.fireErrorCaught(SocketFailure(operation: "receive", code: Int32(-count)))
                self.end(ChannelError.eof, promise: nil)
                return
            }
        }
        self.isReading = false
        guard case .active = self.state else { return }
        if let lone = self.lone { lone.hasTakenAll() } else { self.pipeline.syncOperations.fireChannelReadComplete() }
        if case .active = self.state { self.askForMore() }
    }

    private func handOn(_ buffer: ByteBuffer) {
        if let lone = self.lone {
            lone.take(buffer)
        } else {
            self.pipeline.syncOperations.fireChannelRead(NIOAny(buffer))
        }
    }

    /// Receives once and hands on what came.
    ///
    /// - Returns: How much came; 0 at the end, a negated errno when nothing did.
    private func receiveOnce() -> Int {
        if self.readsMuch {
            var buffer = self.allocator.buffer(capacity: PollLoop.scratchBytes)
            let descriptor = self.descriptor
            var count = 0
            _ = unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: PollLoop.scratchBytes) { room in
                // The room is as large as was asked for, and only what came is counted.
                count = unsafe csockets_receive(descriptor, room.baseAddress, PollLoop.scratchBytes)
                return max(0, count)
            }
            if count > 0 {
                self.readsMuch = count >= Self.much
                self.handOn(buffer)
            }
            return count
        }
        let scratch = unsafe self.loop.scratch
        let count = unsafe csockets_receive(self.descriptor, scratch.baseAddress, scratch.count)
        guard count > 0 else { return count }
        self.readsMuch = count >= Self.much
        if count <= Self.little {
            // Where the handlers have let go of what came last, its memory serves again.
            self.received.clear(minimumCapacity: count)
            // What came is copied before anything else is received.
            unsafe self.received.writeBytes(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
            self.handOn(self.received)
            return count
        }
        var buffer = self.allocator.buffer(capacity: count)
        // As above.
        unsafe buffer.writeBytes(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
        self.handOn(buffer)
        return count
    }

    /// Lets the handlers ask for more, and watches the socket for it, or no longer.
    private func askForMore() {
        if let lone = self.lone {
            if lone.asksForMore() { self.wantsRead = true }
        } else {
            self.pipeline.syncOperations.read()
        }
        guard case .active = self.state else { return }
        if self.wantsRead == (self.interest & Readiness.read != 0) { return }
        self.watch(self.wantsRead ? self.interest | Readiness.read : self.interest & ~Readiness.read)
    }

    package func read0() {
        self.wantsRead = true
        guard case .active = self.state, self.interest & Readiness.read == 0 else { return }
        self.watch(self.interest | Readiness.read)
    }

    private func watch(_ interest: UInt32) {
        guard self.isWatched else {
            // It is over, and somebody wants what is left.
            do throws(SocketFailure) {
                try self.beginWatching(for: interest)
            } catch {
                self.end(error, promise: nil)
            }
            return
        }
        self.interest = interest
        self.loop.change(self.descriptor, for: interest)
    }

    // MARK: - Writing

    package func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch self.state {
        case .active, .fresh: break
        case .connecting, .closed:
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        guard !self.output.isEnded else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        guard case .byteBuffer(let buffer) = self.unwrapData(data, as: IOData.self) else {
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        self.append(buffer, promise: promise)
    }

    /// Keeps bytes until they are sent.
    func append(_ buffer: ByteBuffer, promise: EventLoopPromise<Void>?) {
        self.output.append(buffer, promise)
        if self.isWritable, self.output.bytes > Self.fullAt {
            self.isWritable = false
            self.pipeline.syncOperations.fireChannelWritabilityChanged()
        }
    }

    package func flush0() {
        self.output.flush()
        // While the socket is full, it says itself when it takes more.
        if self.interest & Readiness.write == 0 { self.writeOut() }
    }

    private func writeOut() {
        guard case .active = self.state else { return }
        while let count = self.output.send(to: self.descriptor) {
            guard count >= 0 else {
                if count == -Int(EAGAIN) {
                    if self.interest & Readiness.write == 0 { self.watch(self.interest | Readiness.write) }
                    break
                }
                self.end(SocketFailure(operation: "send", code: Int32(-count)), promise: nil)
                return
            }
        }
        if !self.output.hasFlushed {
            if self.interest & Readiness.write != 0 { self.watch(self.interest & ~Readiness.write) }
            if self.output.isEnding { self.endOutput() }
        }
        for promise in self.output.takeSent() { promise.succeed() }
        if !self.isWritable, self.output.bytes < Self.roomBelow, case .active = self.state {
            self.isWritable = true
            self.pipeline.syncOperations.fireChannelWritabilityChanged()
        }
    }

    private func endOutput() {
        guard !self.output.isEnded else { return }
        self.output.isEnded = true
        _ = csockets_end_sending(self.descriptor)
    }

    // MARK: - The end

    package func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .all:
            if case .connecting = self.state {
                promise?.succeed()
                self.endConnecting(error)
            } else {
                self.end(error, promise: promise)
            }
        case .output:
            guard case .active = self.state, !self.output.isEnded else {
                promise?.fail(ChannelError.outputClosed)
                return
            }
            // What was flushed goes first.
            self.output.isEnding = true
            if !self.output.hasFlushed { self.endOutput() }
            promise?.succeed()
        case .input:
            promise?.fail(ChannelError.operationUnsupported)
        }
    }

    private func end(_ error: any Error, promise: EventLoopPromise<Void>?) {
        let wasActive: Bool
        switch self.state {
        case .closed:
            promise?.fail(ChannelError.alreadyClosed)
            return
        case .active: wasActive = true
        case .fresh, .connecting: wasActive = false
        }
        self.state = .closed
        self.endWatching()
        csockets_close(self.descriptor)
        self.descriptor = -1
        promise?.succeed()
        for sent in self.output.takeSent() { sent.succeed() }
        for waiting in self.output.takeAll() { waiting.fail(error) }
        if wasActive { self.pipeline.syncOperations.fireChannelInactive() }
        self.pipeline.syncOperations.fireChannelUnregistered()
        // Later, since handlers further up may be at work still.
        self.loop.assumeIsolated().execute {
            self.removeHandlers(pipeline: self.pipeline)
            self.closePromise.succeed()
        }
    }

    override func loopEnds() {
        self.close0(error: ChannelError.eof, mode: .all, promise: nil)
    }

    /// How often it is read before others have their turn.
    private static let readsAtOnce = 4
    /// Up to how many bytes a connection keeps the memory of what came: one that is idle should hold little.
    private static let little = 2_048
    /// From how many bytes in one read on, the next one is expected to be as large.
    private static let much = 16_384
    /// Above how many bytes that the socket does not take, writers are told to stop, and below how many to go on.
    private static let fullAt = 65_536
    private static let roomBelow = 32_768
}
