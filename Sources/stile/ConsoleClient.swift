import Foundation
import NIOCore
import NIOSSL

/// Asks the console's API, as the person who calls.
///
/// One request, one connection: commands are short. TLS is verified against the CA that the caller names; there is no way
/// to switch that off. Names under `.localhost` are this machine (RFC 6761, section 6.3), whatever the resolver says.
struct ConsoleClient: Sendable {
    /// Why there is no answer.
    typealias Failure = HTTPCall.Failure

    /// An answer.
    typealias Answer = HTTPCall.Answer

    /// The largest answer that is taken, in bytes.
    static let maximumBytes = 64 << 20

    private let url: URL
    private let authorization: String
    private let tls: NIOSSLContext?

    /// Prepares to ask.
    ///
    /// - Parameters:
    ///   - text: The console's address, `https://name:port`.
    ///   - name: The login name of the person who calls.
    ///   - password: Their password.
    ///   - authorities: A PEM file of authorities; `nil` takes the system's.
    /// - Throws: ``Failure`` when the address, the name or the authorities cannot be used.
    init(url text: String, name: String, password: String, authorities: String?) throws(Failure) {
        guard let url = URL(string: text), let host = url.host(), url.scheme == "https" || url.scheme == "http" else {
            throw Failure(description: "found the address `\(text)`, expected `https://name:port`")
        }
        guard url.scheme == "https" || host == "127.0.0.1" || host == "localhost" || host.hasSuffix(".localhost") else {
            throw Failure(description: "found `\(text)`, expected `https://`: a password is not sent in clear text")
        }
        guard !name.contains(":"), !name.isEmpty else {
            throw Failure(description: "found the name `\(name)`, expected one without a colon")
        }
        self.url = url
        self.authorization = "Basic " + Data("\(name):\(password)".utf8).base64EncodedString()
        guard url.scheme == "https" else {
            self.tls = nil
            return
        }
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            if let authorities {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorities))
            }
            self.tls = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Failure(
                description: "the authorities in `\(authorities ?? "the system's store")` cannot be read: \(error)"
            )
        }
    }

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - call: What to ask or order.
    ///   - deadline: How long the whole exchange may take.
    /// - Returns: The status and the body.
    /// - Throws: ``Failure`` when there is no whole answer in time.
    func send(_ call: ConsoleCall, deadline: TimeAmount = .seconds(60)) async throws -> Answer {
        var request = HTTPCall(method: call.method.rawValue, url: self.url, target: call.path, tls: self.tls)
        request.fields = [("authorization", self.authorization), ("accept", "application/json")]
        request.body = call.body.map { ("application/json", Array($0)) }
        request.maximumBytes = Self.maximumBytes
        return try await request.answer(deadline: deadline)
    }
}
