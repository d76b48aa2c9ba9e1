import DecisionLog
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization

/// A syslog server over TLS, each message with its length before it.
///
/// The protocol has no acknowledgement, and what was handed to a socket may die with the other side. So each delivery ends
/// its connection: we say that we are done, and wait until the other side, which reads to the end first, has closed too. One
/// that closes without TLS's farewell may have died instead: then the delivery counts once it takes a new connection,
/// which serves the next delivery.
///
/// Source: RFC 5425, sections 4.3 and 4.4; RFC 8446, section 6.1, for the farewell.
final class SyslogReceiver: ShipReceiver {
    private let host: String
    private let port: Int
    private let tls: NIOSSLContext
    private let wait: TimeAmount
    /// A connection that nothing was sent over yet.
    private let fresh = Mutex<Line?>(nil)

    init(host: String, port: Int, tls: NIOSSLContext, wait: TimeAmount = .seconds(30)) {
        self.host = host
        self.port = port
        self.tls = tls
        self.wait = wait
    }

    func deliver(_ messages: [String]) throws(ShipFailure) {
        let kept = self.fresh.withLock { fresh -> Line? in
            defer { fresh = nil }
            return fresh
        }
        let line: Line
        if let kept, kept.isOpen { line = kept } else { line = try self.connect() }
        var bytes = ByteBuffer()
        for message in messages { bytes.writeBytes(SyslogExport.framed(message)) }
        switch try line.send(bytes, within: self.wait) {
        case .farewell: return
        case .silence:
            let next = try self.connect()
            self.fresh.withLock { $0 = next }
        }
    }

    func close() {
        self.fresh.withLock { fresh in
            fresh?.drop()
            fresh = nil
        }
    }

    private func connect() throws(ShipFailure) -> Line {
        let (host, tls) = (self.host, self.tls)
        let isHere = host == "localhost" || host.hasSuffix(".localhost")
        let group = MultiThreadedEventLoopGroup.singleton
        let ending = group.any().makePromise(of: Line.Ending.self)
        let ready = group.any().makePromise(of: Void.self)
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(.seconds(10))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: tls, serverHostname: HTTPCall.serverName(host))
                    )
                    try channel.pipeline.syncOperations.addHandler(LineHandler(ready: ready, ending: ending))
                }
            }
        do {
            let channel = try bootstrap.connect(host: isHere ? "127.0.0.1" : host, port: self.port).wait()
            try ready.futureResult.wait()
            return Line(channel: channel, ending: ending.futureResult)
        } catch {
            ready.fail(error)
            ending.fail(error)
            throw ShipFailure("cannot reach \(host):\(self.port): \(error)")
        }
    }
}

/// One connection to a syslog server.
private final class Line: Sendable {
    /// How the other side ended it.
    enum Ending: Sendable {
        /// With TLS's farewell, after reading to the end.
        case farewell
        /// By closing the connection.
        case silence
    }

    private let channel: any Channel
    private let ending: EventLoopFuture<Ending>

    init(channel: any Channel, ending: EventLoopFuture<Ending>) {
        self.channel = channel
        self.ending = ending
    }

    var isOpen: Bool { self.channel.isActive }

    func drop() { self.channel.close(promise: nil) }

    /// Sends everything, says farewell, and waits for the other side to end it.
    func send(_ bytes: ByteBuffer, within limit: TimeAmount) throws(ShipFailure) -> Ending {
        let channel = self.channel
        let timer = channel.eventLoop.scheduleTask(in: limit) {
            channel.pipeline.fireErrorCaught(ChannelError.connectTimeout(limit))
        }
        defer { timer.cancel() }
        do {
            try channel.writeAndFlush(bytes).wait()
            channel.close(promise: nil)
            return try self.ending.wait()
        } catch {
            throw ShipFailure("the connection broke: \(error)")
        }
    }
}

/// Watches how a connection begins and ends.
private final class LineHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let ready: EventLoopPromise<Void>
    private let ending: EventLoopPromise<Line.Ending>
    private var ended: Line.Ending?

    init(ready: EventLoopPromise<Void>, ending: EventLoopPromise<Line.Ending>) {
        self.ready = ready
        self.ending = ending
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event as? TLSUserEvent {
        case .handshakeCompleted: self.ready.succeed(())
        case .shutdownCompleted: self.ended = .farewell
        case nil: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    // A syslog server says nothing; what it says anyway counts for nothing.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.uncleanShutdown = error {
            self.ended = .silence
            return
        }
        self.ready.fail(error)
        self.ending.fail(error)
        context.close(mode: .all, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.ready.fail(ChannelError.eof)
        // Neither: the other side did not end it in time.
        if let ended = self.ended { self.ending.succeed(ended) } else { self.ending.fail(ChannelError.eof) }
        context.fireChannelInactive()
    }
}
