import Foundation
import Glibc
import Synchronization

/// A server that misbehaves in one way, on a free loopback port.
final class OddServer: Sendable {
    /// How it misbehaves.
    enum Habit: Sendable {
        /// Takes connections and says nothing.
        case silent
        /// Takes connections and closes them.
        case closing
        /// Sends the beginning of a long message, then one byte now and then, for ever.
        case dripping
        /// Answers the first request with these octets and an end, and goes on listening.
        case answering([UInt8])
        /// Passes everything on to this port, and stops doing so when told.
        case forwarding(UInt16)
    }

    let port: UInt16
    private let listener: Int32
    private let state = Mutex(State())

    private struct State {
        /// The connections there are, to both sides.
        var descriptors: [Int32] = []
        var received: [UInt8] = []
        /// The connections that are no longer passed on.
        var mute: Set<Int32> = []
        /// How many connections were taken, and how many of them the client has ended.
        var (accepted, ended) = (0, 0)
        /// Whether new connections wait before they are passed on.
        var isHeld = false
        var isStopped = false
    }

    /// Everything that was sent to it.
    var heard: [UInt8] { self.state.withLock { $0.received } }

    /// How many connections it has taken.
    var connections: Int { self.state.withLock { $0.accepted } }

    /// Passes nothing on any more over the connections there are; they stay open.
    ///
    /// - Returns: How many connections were taken until then.
    @discardableResult
    func muteConnections() -> Int {
        self.state.withLock { state in
            state.mute.formUnion(state.descriptors)
            return state.accepted
        }
    }

    /// Breaks the connections there are, and takes new ones.
    ///
    /// - Parameter holds: Whether the new ones wait until ``letThrough()``.
    func cutConnections(holdingNew holds: Bool = false) {
        self.state.withLock { state in
            state.isHeld = holds
            for descriptor in state.descriptors { shutdown(descriptor, Int32(SHUT_RDWR)) }
            state.descriptors = []
        }
    }

    /// Passes on what was held.
    func letThrough() { self.state.withLock { $0.isHeld = false } }

    /// Waits until so many connections were taken: a client is through with connecting before this thread is with accepting.
    func hasTaken(_ count: Int) async throws { try await self.wait { $0.accepted >= count } }

    /// Waits until something was sent to it.
    func hasHeard() async throws { try await self.wait { !$0.received.isEmpty } }

    /// Waits until the client has ended every connection, so that everything it sent was heard.
    func isLeft() async throws { try await self.wait { $0.accepted > 0 && $0.ended == $0.accepted } }

    private func wait(until isSo: (State) -> Bool) async throws {
        while !self.state.withLock({ isSo($0) }) { try await Task.sleep(for: .milliseconds(2)) }
    }

    init(_ habit: Habit, address: UInt32 = 0x7F00_0001) throws {
        let listener = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = Self.address(address, port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(listener, pointer, length) + listen(listener, 16) + getsockname(listener, pointer, &length)
            }
        }
        guard code == 0 else { throw POSIXError(.EADDRINUSE) }
        self.listener = listener
        self.port = UInt16(bigEndian: name.sin_port)
        Thread.detachNewThread { [self] in
            while case let client = accept(listener, nil, nil), client >= 0 {
                self.add(client, isNew: true)
                Thread.detachNewThread { self.serve(client, habit) }
            }
        }
    }

    /// Closes everything.
    func stop() {
        shutdown(self.listener, Int32(SHUT_RDWR))
        self.state.withLock { state in
            state.isStopped = true
            for descriptor in state.descriptors { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    private func add(_ descriptor: Int32, isNew: Bool = false) {
        self.state.withLock { state in
            if isNew { state.accepted += 1 }
            state.descriptors.append(descriptor)
            if state.isStopped { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    private func serve(_ client: Int32, _ habit: Habit) {
        defer {
            shutdown(client, Int32(SHUT_RDWR))
            self.state.withLock { $0.ended += 1 }
        }
        switch habit {
        case .silent: while self.hear(client) != nil {}
        case .closing: return
        case .dripping:
            guard self.hear(client) != nil else { return }
            // An LDAP message of a million octets, of which the first few come.
            var say: [UInt8] = [0x30, 0x83, 0x0F, 0x42, 0x40, 0x02, 0x01, 0x01]
            while unsafe send(client, say, say.count, Int32(MSG_NOSIGNAL)) > 0 {
                say = [0]
                usleep(50_000)
            }
        case .answering(let octets):
            guard self.hear(client) != nil else { return }
            _ = unsafe send(client, octets, octets.count, Int32(MSG_NOSIGNAL))
            shutdown(client, Int32(SHUT_WR))
            while self.hear(client) != nil {}
        case .forwarding(let port): self.forward(client, to: port)
        }
    }

    private func forward(_ client: Int32, to port: UInt16) {
        while self.state.withLock({ $0.isHeld && !$0.isStopped }) { usleep(2_000) }
        let server = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.add(server)
        var name = Self.address(0x7F00_0001, port: port)
        let code = unsafe withUnsafeMutablePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { return }
        Thread.detachNewThread { self.pass(server, client) }
        self.pass(client, server)
        shutdown(server, Int32(SHUT_RDWR))
    }

    private func pass(_ from: Int32, _ to: Int32) {
        while let octets = self.hear(from) {
            if self.state.withLock({ $0.mute.contains(from) }) { continue }
            guard unsafe send(to, octets, octets.count, Int32(MSG_NOSIGNAL)) > 0 else { return }
        }
    }

    private func hear(_ descriptor: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        let octets = Array(buffer[..<count])
        self.state.withLock { $0.received += octets }
        return octets
    }

    private static func address(_ address: UInt32, port: UInt16) -> sockaddr_in {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = address.bigEndian
        name.sin_port = port.bigEndian
        return name
    }
}
