import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOSSL
import TransparencyLog

/// The certificate of a listener, as it is now.
///
/// A new connection takes the context that is current when it is accepted, so a renewed certificate reaches the next
/// connection and no open one is dropped. What cannot be loaded never replaces what works.
final class TransportSecurity: Sendable {
    private let files: CertificateFiles
    private let clients: ClientCertificates
    private let current: NIOLockedValueBox<NIOSSLContext>

    /// Loads the certificate.
    ///
    /// - Throws: ``GatewayError/certificate(file:reason:)``.
    init(_ files: CertificateFiles, clients: ClientCertificates) throws(GatewayError) {
        self.files = files
        self.clients = clients
        self.current = NIOLockedValueBox(try Self.context(files, clients))
    }

    /// The context for a connection that is accepted now.
    var context: NIOSSLContext { self.current.withLockedValue { $0 } }

    /// Loads the files again; on an error what was in force stays so.
    ///
    /// - Throws: ``GatewayError/certificate(file:reason:)``.
    func reload() throws(GatewayError) {
        let renewed = try Self.context(self.files, self.clients)
        self.current.withLockedValue { $0 = renewed }
    }

    /// Whether the files can be used now.
    ///
    /// - Throws: ``GatewayError/certificate(file:reason:)``.
    static func check(_ files: CertificateFiles) throws(GatewayError) {
        _ = try self.context(files, .none)
        let chain = try self.material(files).chain
        let now = time(nil)
        for certificate in chain {
            guard certificate.notValidAfter > now else {
                throw .certificate(file: files.chain, reason: "it has expired")
            }
            guard certificate.notValidBefore <= now else {
                throw .certificate(file: files.chain, reason: "it is not valid yet")
            }
        }
    }

    /// Reads the certificates and the key.
    private static func material(
        _ files: CertificateFiles
    ) throws(GatewayError) -> (chain: [NIOSSLCertificate], key: NIOSSLPrivateKey) {
        if let passwordFile = files.passwordFile {
            let password = try self.password(passwordFile)
            do {
                let bundle = try NIOSSLPKCS12Bundle(file: files.chain, passphrase: password)
                return (bundle.certificateChain, bundle.privateKey)
            } catch {
                throw .certificate(file: files.chain, reason: "it is no PKCS#12 file, or its password is another one")
            }
        }
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(files.chain)
        } catch {
            throw .certificate(file: files.chain, reason: String(describing: error))
        }
        do {
            return (chain, try NIOSSLPrivateKey(file: files.key, format: .pem))
        } catch {
            throw .certificate(file: files.key, reason: String(describing: error))
        }
    }

    /// The first line of a file.
    private static func password(_ file: String) throws(GatewayError) -> [UInt8] {
        do {
            let octets = try FolderStore(root: "").read(String(file.drop { $0 == "/" }))
            return Array(octets.prefix { $0 != UInt8(ascii: "\n") })
        } catch {
            throw .certificate(file: file, reason: "its password cannot be read: \(error)")
        }
    }

    private static func authorities(_ files: [String]) throws(GatewayError) -> [NIOSSLCertificate] {
        var authorities: [NIOSSLCertificate] = []
        for file in files {
            do {
                authorities += try NIOSSLCertificate.fromPEMFile(file)
            } catch {
                throw .certificate(file: file, reason: String(describing: error))
            }
        }
        return authorities
    }

    private static func context(
        _ files: CertificateFiles,
        _ clients: ClientCertificates
    ) throws(GatewayError) -> NIOSSLContext {
        let material = try self.material(files)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: material.chain.map { .certificate($0) },
            privateKey: .privateKey(material.key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // Renegotiation is a way to make a peer work and to splice two senders; nothing here needs it.
        configuration.renegotiationSupport = .none
        // Whom to believe is decided by the connection; clients are only told which certificates are of use.
        switch clients {
        case .none: break
        case .request: configuration.certificateVerification = .optionalVerification
        case .require: configuration.certificateVerification = .noHostnameVerification
        }
        if clients != .none {
            configuration.trustRoots = .certificates(try Self.authorities(clients.authorities))
            configuration.sendCANameList = true
        }
        do {
            // Loading also checks that the key belongs to the certificate.
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .certificate(file: files.chain, reason: String(describing: error))
        }
    }
}
