import CSockets
import Glibc
package import NIOCore
import NIOPosix

/// Making connections.
extension SocketChannel {
    /// Where a connection goes.
    package enum Destination: Sendable {
        /// A host and a TCP port; a name is resolved, off the loop, and its addresses are tried in turn.
        case host(String, port: Int)
        /// A Unix domain socket.
        case path(String)
    }

    /// Whether bytes, or the other side's end, wait to be read: who is idle has nothing to say.
    package var hasSomethingToSay: Bool {
        guard self.isActive else { return true }
        return csockets_peek(self.descriptor) != -Int(EAGAIN)
    }

    /// Gives up a connection that is not made yet; nothing happens to one that is.
    fileprivate func giveUpConnecting() {
        if case .connecting = self.state { self.endConnecting(ChannelError.connectTimeout(.zero)) }
    }

    /// Makes a connection.
    ///
    /// - Parameters:
    ///   - destination: Where it goes.
    ///   - loop: Where it lives; call this on it.
    ///   - limit: How long it may take in all.
    ///   - prepare: Puts the handlers in place, when the connection is made and before anything is read.
    ///   - done: Called once, on the loop; a connection that was made may be closed again by then.
    package static func connect(
        to destination: Destination,
        on loop: PollLoop,
        within limit: TimeAmount,
        prepare: @escaping (SocketChannel) throws -> Void,
        done: @escaping (Result<SocketChannel, any Error>) -> Void
    ) {
        let attempt = ConnectionAttempt(on: loop, until: .now() + limit, prepare: prepare, done: done)
        switch destination {
        case .path(let path):
            attempt.tryAll(Result { [try SocketAddress(unixDomainSocketPath: path)] })
        case .host(let host, let port):
            if let address = try? SocketAddress(ipAddress: host, port: port) {
                attempt.tryAll(.success([address]))
                return
            }
            let bound = NIOLoopBound(attempt, eventLoop: loop)
            attempt.awaitsAddresses = true
            // A name server that is silent is waited for by the system, and not by whoever asked.
            let timeout = loop.scheduleTask(in: limit) {
                bound.value.resolved(.failure(ChannelError.connectTimeout(limit)))
            }
            NIOThreadPool.singleton.submit { _ in
                let addresses = Result { try SocketAddress.resolve(host, port: port) }
                loop.execute {
                    timeout.cancel()
                    bound.value.resolved(addresses)
                }
            }
        }
    }
}

/// One connection being made: its addresses one after the other, until one answers.
///
/// Confined to its loop.
private final class ConnectionAttempt {
    private let loop: PollLoop
    private let deadline: NIODeadline
    private let prepare: (SocketChannel) throws -> Void
    private let done: (Result<SocketChannel, any Error>) -> Void
    private var addresses: ArraySlice<SocketAddress> = []
    /// Whether the name is being resolved, and somebody waits for that.
    var awaitsAddresses = false

    init(
        on loop: PollLoop,
        until deadline: NIODeadline,
        prepare: @escaping (SocketChannel) throws -> Void,
        done: @escaping (Result<SocketChannel, any Error>) -> Void
    ) {
        self.loop = loop
        self.deadline = deadline
        self.prepare = prepare
        self.done = done
    }

    /// Goes on with what a name stands for; what comes after the time was over is nobody's.
    func resolved(_ addresses: Result<[SocketAddress], any Error>) {
        guard self.awaitsAddresses else { return }
        self.awaitsAddresses = false
        self.tryAll(addresses)
    }

    func tryAll(_ addresses: Result<[SocketAddress], any Error>) {
        switch addresses {
        case .success(let addresses):
            self.addresses = addresses[...]
            self.tryNext(after: ChannelError.unknownLocalAddress)
        case .failure(let error): self.done(.failure(error))
        }
    }

    private func tryNext(after error: any Error) {
        guard let address = self.addresses.popFirst() else {
            self.done(.failure(error))
            return
        }
        let left = self.deadline - .now()
        guard left > .zero else {
            self.done(.failure(ChannelError.connectTimeout(.zero)))
            return
        }
        do throws(SocketFailure) {
            var begun: Int32 = 0
            let descriptor = try unsafe address.withSocket { (bytes, length) in
                unsafe csockets_connect(bytes, length, &begun)
            }
            if address.protocol != .unix { _ = csockets_send_at_once(descriptor) }
            let channel = SocketChannel(descriptor, on: self.loop, remote: address)
            guard begun == 1 else {
                self.ready(channel, isWatched: false)
                return
            }
            // Each of several addresses gets its share of the time, so that one that is silent does not use it up.
            let share = TimeAmount.nanoseconds(left.nanoseconds / Int64(self.addresses.count + 1))
            let bound = NIOLoopBound(channel, eventLoop: self.loop)
            let timeout = self.loop.scheduleTask(in: share) { bound.value.giveUpConnecting() }
            channel.connect { result in
                timeout.cancel()
                switch result {
                case .success(let channel): self.ready(channel, isWatched: true)
                case .failure(let error): self.tryNext(after: error)
                }
            }
        } catch {
            self.tryNext(after: error)
        }
    }

    private func ready(_ channel: SocketChannel, isWatched: Bool) {
        do {
            try self.prepare(channel)
        } catch {
            channel.close(promise: nil)
            self.done(.failure(error))
            return
        }
        if isWatched {
            channel.activate()
        } else {
            do throws(SocketFailure) {
                try channel.begin()
            } catch {
                self.done(.failure(error))
                return
            }
        }
        self.done(.success(channel))
    }
}
