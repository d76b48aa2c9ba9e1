import COpenLDAP
import Glibc

/// Finds directory servers by DNS.
///
/// Source: RFC 2782; for domain controllers [MS-ADTS] 6.3.2.3.
enum ServerDiscovery {
    /// Keeps a list of servers up to date until the task is cancelled.
    ///
    /// - Parameters:
    ///   - servers: The list. When DNS has no answer, it stays as it is.
    ///   - domain: Such as `plant.example`.
    ///   - configured: Servers that come first, whatever DNS says.
    ///   - period: How often to ask again; a tenth of it while there is no server at all.
    static func keep(
        _ servers: ServerList,
        in domain: String,
        besides configured: [ServerAddress],
        every period: Duration
    ) async {
        let executor = QueueExecutor(label: "stile.directory.discovery")
        let resolver = Resolver(executor: executor)
        while !Task.isCancelled {
            let found = await resolver.servers(in: domain)
            if !found.isEmpty {
                servers.replace(with: configured + found.filter { !configured.contains($0) })
            }
            try? await Task.sleep(for: servers.all.isEmpty ? period / 10 : period)
        }
    }

    /// What DNS says, held to the domain.
    ///
    /// A record can be forged, and our authority may have certified hosts that have nothing to do with the directory: only hosts in the
    /// domain itself count.
    ///
    /// - Parameters:
    ///   - hosts: `host:port`, separated by blanks, in order of preference.
    ///   - domain: Such as `plant.example`.
    /// - Returns: The servers that are believed, in the same order.
    static func servers(among hosts: String, in domain: String) -> [ServerAddress] {
        let suffix = ".\(domain.lowercased())"
        return hosts.split(separator: " ").compactMap { item in
            let halves = item.split(separator: ":", maxSplits: 1)
            guard let name = halves.first?.lowercased(), name.hasSuffix(suffix) || name == suffix.dropFirst() else {
                return nil
            }
            // The records name the port of LDAP, 389 as a rule; there TLS comes by StartTLS.
            let port = halves.count == 2 ? UInt16(halves[1]) : nil
            let security: ServerAddress.Security = port == 636 ? .fromTheStart : .startTLS
            return ServerAddress(security: security, host: name, port: port)
        }
    }

    /// Asks DNS on a thread of its own, because the resolver waits where it stands.
    private actor Resolver {
        private let executor: QueueExecutor

        init(executor: QueueExecutor) {
            self.executor = executor
        }

        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe self.executor.asUnownedSerialExecutor() }

        func servers(in domain: String) -> [ServerAddress] {
            for prefix in ["dc._msdcs.", ""] {
                var list: UnsafeMutablePointer<CChar>?
                let code = unsafe (prefix + domain).withCString { name in
                    // The library takes `char *` and does not write to it.
                    unsafe ldap_domain2hostlist(UnsafeMutablePointer(mutating: name), &list)
                }
                guard code == LDAP_SUCCESS, let list = unsafe list else { continue }
                defer { unsafe ldap_memfree(list) }
                let found = ServerDiscovery.servers(among: unsafe String(cString: list), in: domain)
                if !found.isEmpty { return found }
            }
            return []
        }
    }
}
