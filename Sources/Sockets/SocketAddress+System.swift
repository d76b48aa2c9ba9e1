import CSockets
import Glibc
import NIOCore

/// Addresses as the system writes them.
extension SocketAddress {
    /// Calls something of the system's with the address.
    ///
    /// - Throws: ``SocketFailure`` for a negated errno.
    @unsafe func withSocket(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) throws(SocketFailure) -> Int32 {
        let result: Int32 =
            switch self {
            case .v4(let address): unsafe Self.lend(address.address, body)
            case .v6(let address): unsafe Self.lend(address.address, body)
            case .unixDomainSocket(let address): unsafe Self.lend(address.address, body)
            }
        return try SocketFailure.check(result, "use \(self)")
    }

    @unsafe private static func lend<Address>(
        _ address: Address,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        unsafe withUnsafePointer(to: address) { pointer in
            // Every kind of address begins as the general one does, and is told by its first field.
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }

    /// Reads an IP address that the system wrote; `nil` for another kind.
    init?(_ storage: sockaddr_storage) {
        let found = unsafe withUnsafePointer(to: storage) { pointer -> SocketAddress? in
            // The storage is large enough, and aligned, for each of the kinds that its first field tells apart.
            switch Int32(storage.ss_family) {
            case AF_INET:
                unsafe pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { unsafe SocketAddress($0.pointee) }
            case AF_INET6:
                unsafe pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    unsafe SocketAddress($0.pointee)
                }
            default: nil
            }
        }
        guard let found else { return nil }
        self = found
    }

    /// The addresses of a host, in the order in which the system would have them tried; blocks.
    ///
    /// - Throws: ``SocketFailure`` when it has none.
    static func resolve(_ host: String, port: Int) throws(SocketFailure) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_protocol = Int32(IPPROTO_TCP)
        var list: UnsafeMutablePointer<addrinfo>? = nil
        guard unsafe getaddrinfo(host, String(port), &hints, &list) == 0, let first = unsafe list else {
            throw SocketFailure(operation: "find an address of `\(host)`", code: EADDRNOTAVAIL)
        }
        defer { unsafe freeaddrinfo(first) }
        var addresses: [SocketAddress] = []
        var next: UnsafeMutablePointer<addrinfo>? = unsafe first
        while let entry = unsafe next {
            var storage = sockaddr_storage()
            let length = unsafe min(Int(entry.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
            if let address = unsafe entry.pointee.ai_addr {
                // At most as much as there is room for.
                unsafe withUnsafeMutableBytes(of: &storage) { room in
                    unsafe room.copyMemory(from: UnsafeRawBufferPointer(start: address, count: length))
                }
            }
            if let address = SocketAddress(storage) { addresses.append(address) }
            unsafe next = entry.pointee.ai_next
        }
        return addresses
    }
}
