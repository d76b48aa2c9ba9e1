import CSockets
import Glibc
package import NIOCore

/// A listening TCP socket on one loop.
///
/// Several on one port share its connections, spread by the kernel, so that no loop hands one to another.
// SAFETY: confined to its loop; other threads only ask it to close, which is done there.
package final class ListeningSocket: Polled, @unchecked Sendable {
    private let loop: PollLoop
    private let descriptor: Int32
    private let accept: (SocketChannel) throws -> Void
    private var isOpen = true
    /// The port it listens on.
    package let port: Int

    /// Opens a socket and begins to accept connections.
    ///
    /// - Parameters:
    ///   - address: Where to listen.
    ///   - isShared: Whether several may listen there.
    ///   - loop: Where its connections live.
    ///   - accept: Puts a connection's handlers in place, on the loop; when it throws, the connection is closed.
    /// - Returns: The open socket.
    /// - Throws: ``SocketFailure``.
    package static func open(
        _ address: SocketAddress,
        isShared: Bool,
        on loop: PollLoop,
        accept: @escaping @Sendable (SocketChannel) throws -> Void
    ) async throws(SocketFailure) -> ListeningSocket {
        let descriptor = try unsafe address.withSocket { (bytes, length) in
            unsafe csockets_listen(bytes, length, Self.backlog, isShared ? 1 : 0)
        }
        let opened = await loop.run { () -> Result<ListeningSocket, SocketFailure> in
            do throws(SocketFailure) {
                let socket = ListeningSocket(descriptor, on: loop, accept: accept)
                try loop.add(socket, descriptor, for: Readiness.read)
                return .success(socket)
            } catch {
                csockets_close(descriptor)
                return .failure(error)
            }
        }
        guard let opened else {
            csockets_close(descriptor)
            throw SocketFailure(operation: "listen on a loop that has ended", code: ECANCELED)
        }
        return try opened.get()
    }

    /// Whether nobody listens at an address, as far as can be told: opens a socket there that is not shared, and closes it.
    ///
    /// - Throws: ``SocketFailure`` when somebody does, or nobody may.
    package static func probe(_ address: SocketAddress) throws(SocketFailure) {
        let descriptor = try unsafe address.withSocket { (bytes, length) in unsafe csockets_listen(bytes, length, 1, 0)
        }
        csockets_close(descriptor)
    }

    private init(_ descriptor: Int32, on loop: PollLoop, accept: @escaping (SocketChannel) throws -> Void) {
        self.descriptor = descriptor
        self.loop = loop
        self.accept = accept
        var name = sockaddr_storage()
        _ = unsafe csockets_name(descriptor, &name)
        self.port = SocketAddress(name)?.port ?? 0
    }

    override func isReady(for what: UInt32) {
        for _ in 0..<Self.acceptsAtOnce {
            guard self.isOpen else { return }
            var peer = sockaddr_storage()
            let accepted = unsafe csockets_accept(self.descriptor, &peer)
            switch accepted {
            case 0...:
                _ = csockets_send_at_once(accepted)
                self.begin(SocketChannel(accepted, on: self.loop, remote: SocketAddress(peer)))
            case -EAGAIN: return
            case -ECONNABORTED: continue
            default:
                // No descriptors, no memory: whoever waits is taken up when there is some again.
                self.rest()
                return
            }
        }
    }

    private func begin(_ channel: SocketChannel) {
        do {
            try self.accept(channel)
            try channel.begin()
        } catch {
            // Closed already, where it could not be watched.
            channel.close(promise: nil)
        }
    }

    private func rest() {
        self.loop.change(self.descriptor, for: 0)
        self.loop.scheduleTask(in: .milliseconds(100)) {
            if self.isOpen { self.loop.change(self.descriptor, for: Readiness.read) }
        }
    }

    /// Accepts no further connections; those that are open stay.
    ///
    /// Closed already, or by the end of its loop, it stays closed.
    package func close() async {
        await self.loop.run { self.loopEnds() }
    }

    override func loopEnds() {
        guard self.isOpen else { return }
        self.isOpen = false
        self.loop.remove(self.descriptor)
        csockets_close(self.descriptor)
    }

    private static let backlog: Int32 = 1_024
    private static let acceptsAtOnce = 64
}
