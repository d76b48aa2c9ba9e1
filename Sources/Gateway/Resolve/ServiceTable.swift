/// Which service a host and a path belong to: the longest mount prefix on that host.
///
/// There are a handful of hosts and mounts, so a walk over them is faster than a hash, and needs no text to be made.
struct ServiceTable: Sendable {
    /// Where a request belongs.
    enum Place {
        /// The host is not served here at all.
        case misdirected
        /// The host is served, but nothing is mounted at the path.
        case nowhere
        /// This service.
        case service(Service)
    }

    private struct Host: Sendable {
        let name: [UInt8]
        /// Longest mount first.
        var services: [Service]
    }

    private var hosts: [Host] = []
    /// All services, in the order of their configuration.
    let services: [Service]

    init(_ configurations: [ServiceConfiguration]) throws(GatewayError) {
        var services: [Service] = []
        for configuration in configurations {
            let service = try Service(configuration, index: services.count)
            services.append(service)
            for host in configuration.hosts {
                let name = Array(host.lowercased().utf8)
                let place: Int
                if let known = self.hosts.firstIndex(where: { $0.name == name }) {
                    place = known
                } else {
                    place = self.hosts.count
                    self.hosts.append(Host(name: name, services: []))
                }
                guard !self.hosts[place].services.contains(where: { $0.mount == service.mount }) else {
                    throw .duplicateMount(host: host, mount: configuration.mount)
                }
                self.hosts[place].services.append(service)
                self.hosts[place].services.sort { $0.mount.count > $1.mount.count }
            }
        }
        self.services = services
    }

    /// Finds the service of a request.
    ///
    /// - Parameters:
    ///   - host: The host name, without its port, in any case.
    ///   - path: The canonical path.
    /// - Returns: The service, or that there is none.
    func place(host: Span<UInt8>, path: Span<UInt8>) -> Place {
        for known in self.hosts where Self.isSame(known.name, host) {
            for service in known.services where Self.covers(service.mount, path) { return .service(service) }
            return .nowhere
        }
        return .misdirected
    }

    private static func isSame(_ lowercase: [UInt8], _ name: Span<UInt8>) -> Bool {
        guard lowercase.count == name.count else { return false }
        for index in lowercase.indices {
            let octet = name[index]
            let isCapital = octet >= UInt8(ascii: "A") && octet <= UInt8(ascii: "Z")
            guard lowercase[index] == (isCapital ? octet | 0x20 : octet) else { return false }
        }
        return true
    }

    /// Whether the path is the mount itself or below it.
    private static func covers(_ mount: [UInt8], _ path: Span<UInt8>) -> Bool {
        guard path.count >= mount.count else { return false }
        for index in mount.indices where mount[index] != path[index] { return false }
        return path.count == mount.count || path[mount.count] == UInt8(ascii: "/") || mount.isEmpty
    }
}
