import NIOSSL

/// TLS towards upstreams: the certificate verified, with the name or address that was configured.
enum UpstreamSecurity {
    /// The context for a service's upstream; `nil` when it is reached without TLS.
    ///
    /// - Throws: ``GatewayError/certificate(file:reason:)`` when the authorities cannot be loaded.
    static func context(for service: Service) throws(GatewayError) -> NIOSSLContext? {
        guard let upstream = service.upstream, case .tls(let authorities, _) = upstream.security else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        configuration.applicationProtocols = ["http/1.1"]
        configuration.renegotiationSupport = .none
        if let authorities { configuration.trustRoots = .file(authorities) }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .certificate(file: authorities ?? "the system's authorities", reason: String(describing: error))
        }
    }
}
