import Foundation
import Glibc
import Synchronization

@testable import OpenLDAPDirectory

/// A DNS server that knows a few SRV records, on a free loopback port.
final class StubNameServer: Sendable {
    let port: UInt16
    private let descriptor: Int32
    private let records: [String: [ServiceRecord]]
    private let questions = Mutex<[String]>([])

    /// The names that were asked for, in their order.
    var asked: [String] { self.questions.withLock { $0 } }

    var address: NameServer { NameServer(address: "127.0.0.1", port: self.port) }

    /// Starts it.
    ///
    /// - Parameter records: By name, such as `_ldap._tcp.plant.example`; every other name does not exist.
    /// - Throws: An error when there is no port.
    init(_ records: [String: [ServiceRecord]]) throws {
        self.records = records
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, length) + getsockname(descriptor, pointer, &length)
            }
        }
        guard code == 0 else { throw POSIXError(.EADDRINUSE) }
        self.descriptor = descriptor
        self.port = UInt16(bigEndian: name.sin_port)
        Thread.detachNewThread { [self] in
            self.serve()
            // Here and nowhere else: a number that is free again is soon that of somebody else's socket.
            close(descriptor)
        }
    }

    /// Ends it.
    func stop() { shutdown(self.descriptor, Int32(SHUT_RDWR)) }

    private func serve() {
        var buffer = [UInt8](repeating: 0, count: 512)
        while true {
            var peer = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let count = unsafe withUnsafeMutablePointer(to: &peer) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe recvfrom(self.descriptor, &buffer, buffer.count, 0, $0, &length)
                }
            }
            guard count > 0 else { return }
            guard count > 12 else { continue }
            let answer = self.answer(to: Array(buffer[..<count]))
            _ = unsafe withUnsafePointer(to: &peer) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe sendto(self.descriptor, answer, answer.count, 0, $0, length)
                }
            }
        }
    }

    // Source: RFC 1035, section 4.1; RFC 2782.
    private func answer(to question: [UInt8]) -> [UInt8] {
        var labels: [String] = []
        var at = 12
        while at < question.count, question[at] > 0 {
            let end = min(question.count, at + 1 + Int(question[at]))
            labels.append(String(decoding: question[(at + 1)..<end], as: UTF8.self))
            at = end
        }
        let name = labels.joined(separator: ".").lowercased()
        self.questions.withLock { $0.append(name) }
        let records = self.records[name]
        let asked = question[12..<min(question.count, at + 5)]
        let status: UInt8 = records == nil ? 3 : 0  // NXDOMAIN
        var answer = Array(question[..<2])
        answer += [0x81, 0x80 | status, 0, 1, 0, UInt8(records?.count ?? 0), 0, 0, 0, 0]
        answer += asked
        for record in records ?? [] {
            var data: [UInt8] = []
            for number in [record.priority, record.weight, record.port] {
                data += [UInt8(number >> 8), UInt8(number & 0xFF)]
            }
            for label in record.host.split(separator: ".") { data += [UInt8(label.utf8.count)] + Array(label.utf8) }
            data.append(0)
            // The name asked for, an SRV record of the Internet, good for a minute.
            answer += [0xC0, 12, 0, 33, 0, 1, 0, 0, 0, 60]
            answer += [0, UInt8(data.count)]
            answer += data
        }
        return answer
    }
}
