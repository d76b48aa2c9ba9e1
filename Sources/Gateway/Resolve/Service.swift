import Profiles

/// A service as the data plane uses it: everything that can be made ready once is.
///
/// Immutable and shared by all event loops.
final class Service: Sendable {
    /// Its place among the services; per-loop tables are indexed by it.
    let index: Int
    /// The name in catalogue, policies and records.
    let name: String
    /// The mount prefix without a slash at its end; empty for a whole host.
    let mount: [UInt8]
    let backend: ServiceConfiguration.Backend
    /// The upstream; `nil` for an in-process service.
    let upstream: UpstreamConfiguration?
    /// What knows the protocol; `nil` for an in-process service.
    let profile: (any Profile)?
    /// The header fields that are the same in every forwarded request, as they go on the wire.
    let fixedFields: [UInt8]
    /// How the upstream is told, in a way that it can check, who asks.
    let assertion: AssertionAudience?
    /// Names that the profile keeps from the upstream, besides those that nobody forwards.
    let withheldFields: [[UInt8]]
    /// Names whose presence refuses a request.
    let refusedFields: [[UInt8]]

    init(_ configuration: ServiceConfiguration, index: Int) throws(GatewayError) {
        let mount = configuration.mount
        let isPath = mount.hasPrefix("/") && !mount.hasSuffix("/") && !mount.contains("//")
        guard mount == "/" || isPath, mount.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") })
        else {
            throw .malformedMount(mount)
        }
        self.index = index
        self.name = configuration.name
        self.mount = mount == "/" ? [] : Array(mount.utf8)
        self.backend = configuration.backend
        self.assertion = configuration.assertion
        switch configuration.backend {
        case .upstream(let upstream, let profile):
            self.upstream = upstream
            self.profile = profile
            self.fixedFields = Self.fixedFields(upstream, mount: self.mount)
            self.withheldFields = profile.withheldFields.map { Array($0.utf8) }
            self.refusedFields = profile.refusedFields.map { Array($0.utf8) }
        case .inProcess:
            self.upstream = nil
            self.profile = nil
            self.fixedFields = []
            self.withheldFields = []
            self.refusedFields = []
        }
    }

    /// Where the path begins in a redirect that names the upstream itself; 0 in any other.
    func pathStart(of location: Span<UInt8>) -> Int {
        guard case .fixed(let host)? = self.upstream?.hostField else { return 0 }
        for scheme in ["http://", "https://"] {
            let origin = Array((scheme + host).utf8)
            guard location.count > origin.count, location[origin.count] == UInt8(ascii: "/") else { continue }
            if location.extracting(0..<origin.count).isSameText(as: origin.span) { return origin.count }
        }
        return 0
    }

    private static func fixedFields(_ upstream: UpstreamConfiguration, mount: [UInt8]) -> [UInt8] {
        var fields: [UInt8] = []
        if case .fixed(let host) = upstream.hostField { fields += Array("host: \(host)\r\n".utf8) }
        if let credential = upstream.credential, upstream.authorizationField == .remove {
            fields += Array("authorization: Basic ".utf8)
            fields += encodedBase64(Array("\(credential.name):\(credential.password)".utf8))
            fields += Array("\r\n".utf8)
        }
        if !mount.isEmpty { fields += Array("x-forwarded-prefix: ".utf8) + mount + Array("\r\n".utf8) }
        return fields
    }
}
