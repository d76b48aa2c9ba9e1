import Glibc

/// A TCP connection under way to libldap, which owns the descriptor from then on.
///
/// We connect ourselves, because libldap would connect again by itself whenever it loses a connection, and a connection that it
/// makes without us knowing would not have TLS.
enum Socket {
    /// Connects to the first address of a host that answers.
    ///
    /// - Parameters:
    ///   - host: A name or a literal address.
    ///   - port: 1 to 65,535.
    ///   - deadline: For all addresses together. Looking the name up is not covered: the resolver has its own time limits, and the
    ///     question's deadline holds for whoever waits.
    /// - Returns: The descriptor, which the caller owns.
    /// - Throws: ``ConnectionFailure/unreachable(_:)`` or ``ConnectionFailure/deadline``.
    static func connect(
        host: String,
        port: UInt16,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        var code = unsafe getaddrinfo(host, "\(port)", &hints, &list)
        // A machine with nothing but loopback has no address family that counts as configured.
        if code != 0 {
            unsafe hints.ai_flags = 0
            code = unsafe getaddrinfo(host, "\(port)", &hints, &list)
        }
        guard code == 0 else {
            throw .unreachable("`\(host)` cannot be resolved: \(unsafe String(cString: gai_strerror(code)))")
        }
        defer { unsafe freeaddrinfo(list) }
        var reason = "`\(host)` has no address"
        var next = unsafe list
        while let address = unsafe next {
            switch unsafe Self.connect(to: address.pointee, by: deadline) {
            case .success(let descriptor): return descriptor
            case .failure(.unreachable(let why)): reason = why
            case .failure(let failure): throw failure
            }
            unsafe next = address.pointee.ai_next
        }
        throw .unreachable(reason)
    }

    /// Whether something has arrived, or the other side has gone, that nobody waits for.
    static func hasSomething(_ descriptor: Int32) -> Bool {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&wait, 1, 0) != 0
    }

    private static func connect(
        to address: addrinfo,
        by deadline: ContinuousClock.Instant
    ) -> Result<Int32, ConnectionFailure> {
        let kind = unsafe address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = unsafe socket(address.ai_family, kind, address.ai_protocol)
        guard descriptor >= 0 else { return .failure(.unreachable(Self.reason(errno))) }
        if let failure = unsafe Self.finishConnecting(descriptor, address, deadline) {
            close(descriptor)
            return .failure(failure)
        }
        return .success(descriptor)
    }

    private static func finishConnecting(
        _ descriptor: Int32,
        _ address: addrinfo,
        _ deadline: ContinuousClock.Instant
    ) -> ConnectionFailure? {
        if unsafe Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) != 0 {
            guard errno == EINPROGRESS else { return .unreachable(Self.reason(errno)) }
            var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            var ready: Int32
            repeat {
                let left = (deadline - .now) / .milliseconds(1)
                guard left > 0 else { return .deadline }
                ready = unsafe poll(&wait, 1, Int32(left.rounded(.up)))
            } while ready < 0 && errno == EINTR
            guard ready > 0 else { return .deadline }
            var problem: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            _ = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &problem, &length)
            guard problem == 0 else { return .unreachable(Self.reason(problem)) }
        }
        // libldap expects a socket that waits; who cuts it off is `Lifeline`.
        guard fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK) == 0 else {
            return .unreachable(Self.reason(errno))
        }
        var on: Int32 = 1
        let length = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, length)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, length)
        return nil
    }

    private static func reason(_ code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        let status = unsafe strerror_r(code, &buffer, buffer.count)
        let text = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return status == 0 ? String(decoding: text, as: UTF8.self) : "error \(code)"
    }
}
