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
        /// Answers the first request with these octets, and says nothing more.
        case answering([UInt8])
        /// Passes everything on to this port, and stops doing so when told.
        case forwarding(UInt16)
    }

    let port: UInt16
    private let listener: Int32
    private let descriptors = Mutex<[Int32]>([])
    private let received = Mutex<[UInt8]>([])
    /// The connections that are no longer passed on.
    private let mute = Mutex<Set<Int32>>([])
    private let accepted = Mutex(0)

    /// Everything that was sent to it.
    var heard: [UInt8] { self.received.withLock { $0 } }

    /// How many connections it has taken.
    var connections: Int { self.accepted.withLock { $0 } }

    /// Passes nothing on any more over the connections there are; they stay open.
    func muteConnections() {
        let open = self.descriptors.withLock { $0 }
        self.mute.withLock { $0.formUnion(open) }
    }

    /// Breaks the connections there are, and takes new ones.
    func cutConnections() {
        self.descriptors.withLock { open in
            for descriptor in open { shutdown(descriptor, Int32(SHUT_RDWR)) }
            open = []
        }
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
                self.descriptors.withLock { $0.append(client) }
                self.accepted.withLock { $0 += 1 }
                Thread.detachNewThread { self.serve(client, habit) }
            }
        }
    }

    /// Closes everything.
    func stop() {
        shutdown(self.listener, Int32(SHUT_RDWR))
        self.descriptors.withLock { for descriptor in $0 { shutdown(descriptor, Int32(SHUT_RDWR)) } }
    }

    private func serve(_ client: Int32, _ habit: Habit) {
        defer { shutdown(client, Int32(SHUT_RDWR)) }
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
            while self.hear(client) != nil {}
        case .forwarding(let port): self.forward(client, to: port)
        }
    }

    private func forward(_ client: Int32, to port: UInt16) {
        let server = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptors.withLock { $0.append(server) }
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
            if self.mute.withLock({ $0.contains(from) }) { continue }
            guard unsafe send(to, octets, octets.count, Int32(MSG_NOSIGNAL)) > 0 else { return }
        }
    }

    private func hear(_ descriptor: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        let octets = Array(buffer[..<count])
        self.received.withLock { $0 += octets }
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
