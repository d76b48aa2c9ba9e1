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
    ///   - nameServer: The DNS server to ask; `nil` for the machine's own.
    ///   - period: How often to ask again; each second while there is no server at all.
    static func keep(
        _ servers: ServerList,
        in domain: String,
        besides configured: [ServerAddress],
        asking nameServer: NameServer?,
        every period: Duration
    ) async {
        let executor = QueueExecutor(label: "stile.directory.discovery")
        let resolver = Resolver(executor: executor, nameServer: nameServer)
        while !Task.isCancelled {
            let found = await resolver.servers(in: domain)
            if !found.isEmpty {
                servers.replace(with: configured + found.filter { !configured.contains($0) })
            }
            try? await Task.sleep(for: servers.all.isEmpty ? min(period / 10, .seconds(1)) : period)
        }
    }

    /// What DNS says, held to the domain and put in order.
    ///
    /// A record can be forged, and our authority may have certified hosts that have nothing to do with the directory: only hosts in the
    /// domain itself count.
    ///
    /// - Parameters:
    ///   - records: In any order.
    ///   - domain: Such as `plant.example`.
    ///   - random: Spreads the load over servers of the same priority.
    /// - Returns: The servers that are believed; the lowest priority first, and within it by chance as the weights say.
    static func servers(
        among records: [ServiceRecord],
        in domain: String,
        using random: inout some RandomNumberGenerator
    ) -> [ServerAddress] {
        let suffix = ".\(domain.lowercased())"
        var rest = records.filter { record in
            let name = record.host.lowercased()
            return record.port > 0 && (name.hasSuffix(suffix) || name == suffix.dropFirst())
        }
        var ordered: [ServerAddress] = []
        while let priority = rest.map(\.priority).min() {
            let equals = rest.indices.filter { rest[$0].priority == priority }
            // Source: RFC 2782, the algorithm under "Weight"; one more than the weight, so that none is always last.
            var draw = Int.random(in: 0..<equals.reduce(0) { $0 + Int(rest[$1].weight) + 1 }, using: &random)
            let chosen = equals.first { at in
                draw -= Int(rest[at].weight) + 1
                return draw < 0
            }
            let record = rest.remove(at: chosen ?? equals[0])
            // The records name the port of LDAP, 389 as a rule; there TLS comes by StartTLS.
            let security: ServerAddress.Security = record.port == 636 ? .fromTheStart : .startTLS
            let server = ServerAddress(security: security, host: record.host, port: record.port)
            if !ordered.contains(server) { ordered.append(server) }
        }
        return ordered
    }

    /// Asks DNS on a thread of its own, because the resolver waits where it stands.
    private actor Resolver {
        private let executor: QueueExecutor
        private let nameServer: NameServer?
        private var random = SystemRandomNumberGenerator()

        init(executor: QueueExecutor, nameServer: NameServer?) {
            self.executor = executor
            self.nameServer = nameServer
        }

        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe self.executor.asUnownedSerialExecutor() }

        func servers(in domain: String) -> [ServerAddress] {
            for prefix in ["_ldap._tcp.dc._msdcs.", "_ldap._tcp."] {
                let records = ServiceRecord.records(of: prefix + domain, asking: self.nameServer)
                let found = ServerDiscovery.servers(among: records, in: domain, using: &self.random)
                if !found.isEmpty { return found }
            }
            return []
        }
    }
}

/// What DNS says about where a service is.
///
/// Source: RFC 2782.
struct ServiceRecord: Hashable {
    var priority: UInt16
    var weight: UInt16
    var port: UInt16
    var host: String

    /// The most records that are read.
    static let maximum: Int32 = 64

    /// Asks for the records of a name; waits for seconds when nobody answers.
    ///
    /// - Returns: None, too, if DNS could not be asked.
    static func records(of name: String, asking server: NameServer?) -> [ServiceRecord] {
        var found = [stile_srv](repeating: stile_srv(), count: Int(self.maximum))
        let count = unsafe stile_srv_records(name, server?.address, server?.port ?? 0, &found, self.maximum)
        return found.prefix(Int(max(0, count))).map { record in
            ServiceRecord(
                priority: record.priority,
                weight: record.weight,
                port: record.port,
                host: unsafe withUnsafeBytes(of: record.host) { octets in
                    unsafe String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self)
                }
            )
        }
    }
}
