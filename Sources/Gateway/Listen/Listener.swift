import NIOCore
import NIOSSL
import Sockets

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
    /// - Throws: ``GatewayError/bind(address:port:reason:)``.
    func claim() throws(GatewayError) {
        let (address, port) = (self.configuration.address, self.configuration.port)
        guard port != 0 else { return }
        do {
            try ListeningSocket.probe(SocketAddress(ipAddress: address, port: port))
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
    func bind(
        on worker: NIOLoopBound<Worker>,
        loop: PollLoop,
        port: Int
    ) async throws(GatewayError) -> ListeningSocket {
        let security = self.transportSecurity
        do {
            let place = try SocketAddress(ipAddress: self.configuration.address, port: port)
            return try await ListeningSocket.open(place, isShared: true, on: loop) { channel in
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
        } catch {
            throw .bind(address: self.configuration.address, port: port, reason: String(describing: error))
        }
    }
}
