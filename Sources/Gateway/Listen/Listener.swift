import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// A listener that is open: one socket per event loop, all on the same port, so that the kernel spreads connections and no
/// loop hands one to another.
final class Listener: Sendable {
    let configuration: ListenerConfiguration
    /// The certificate; `nil` without TLS.
    let transportSecurity: TransportSecurity?

    init(_ configuration: ListenerConfiguration) throws(GatewayError) {
        self.configuration = configuration
        switch configuration.security {
        case .tls(let files):
            self.transportSecurity = try TransportSecurity(files, clients: configuration.clientCertificates)
        case .insecureBasic:
            guard configuration.isLoopback else { throw .insecureListener(address: configuration.address) }
            self.transportSecurity = nil
        }
    }

    /// Whether what comes in is encrypted.
    var isSecure: Bool { self.transportSecurity != nil }

    /// The scheme under which clients reach it.
    var scheme: String { self.isSecure ? "https" : "http" }

    /// Makes sure that no other process listens on the port, before the loops' sockets share it.
    ///
    /// What lets several sockets of one process share a port would let two gateways share it as well, each deciding by its
    /// own policies and writing into its own log, and nobody would notice.
    ///
    /// - Parameter loop: Any event loop.
    /// - Throws: ``GatewayError/bind(address:port:reason:)``.
    func claim(on loop: any EventLoop) async throws(GatewayError) {
        let (address, port) = (self.configuration.address, self.configuration.port)
        guard port != 0 else { return }
        do {
            let alone = ServerBootstrap(group: loop).serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            try await alone.bind(host: address, port: port).get().close().get()
        } catch {
            throw .bind(address: address, port: port, reason: String(describing: error))
        }
    }

    /// Opens the listener's socket on one event loop.
    ///
    /// - Parameters:
    ///   - worker: The loop's share of the gateway.
    ///   - loop: The event loop.
    ///   - port: The port; that of the first socket, when the configuration asks for a free one.
    /// - Returns: The open socket.
    /// - Throws: ``GatewayError/bind(address:port:reason:)``.
    func bind(on worker: NIOLoopBound<Worker>, loop: any EventLoop, port: Int) async throws(GatewayError) -> any Channel
    {
        let security = self.transportSecurity
        let bootstrap = ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(NIOBSDSocket.Option(rawValue: SO_REUSEPORT)), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 4096, maximum: 65_536)
            )
            // An end of input is an answer's reader that has gone away, or a lingering client that has seen it.
            .childChannelOption(.allowRemoteHalfClosure, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let worker = worker.value
                    guard worker.hasRoom, !worker.isDraining else {
                        worker.counters.connectionsRefused &+= 1
                        throw ChannelError.eof
                    }
                    let peer = channel.remoteAddress?.ipAddress ?? "-"
                    let connection = ClientConnection(worker: worker, listener: self, peer: peer)
                    if let security {
                        // The context of this moment: a renewed certificate serves the next connection.
                        let context = security.context
                        let handler =
                            self.configuration.clientCertificates == .none
                            ? NIOSSLServerHandler(context: context)
                            : NIOSSLServerHandler(context: context) { [weak connection] chain, promise in
                                connection?.shown(chain, promise) ?? promise.succeed(.failed)
                            }
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
        do {
            return try await bootstrap.bind(host: self.configuration.address, port: port).get()
        } catch {
            throw .bind(address: self.configuration.address, port: port, reason: String(describing: error))
        }
    }
}
