import Foundation

/// A directory server that a test started, in a folder that goes with it.
struct ServerProcess: Sendable {
    /// Everything the server writes.
    var folder: URL
    /// The port of LDAPS.
    var ldaps: UInt16
    /// The port of LDAP with StartTLS.
    var ldap: UInt16

    /// The authority that signed the server's certificate.
    var authorities: String { self.folder.appending(path: "tls/ca.pem").path }
    /// The password of the gateway's own account.
    var passwordFile: String { self.folder.appending(path: "stile.password").path }
    /// Where slapd's administrator is let in without a password.
    var socket: String {
        let path = self.folder.appending(path: "run/ldapi").path
        return "ldapi://" + path.replacing("/", with: "%2F")
    }

    /// The top of the repository.
    static let repository = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL

    /// Does something that takes a while on a thread of its own, so that the few threads of the pool stay free for those who keep time.
    @discardableResult
    static func apart<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Swift.Result(catching: work)) }
        }
    }
}
