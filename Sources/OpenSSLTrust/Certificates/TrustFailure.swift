/// Why there is nobody to believe.
package enum TrustFailure: Error, Hashable, Sendable {
    /// The file cannot be read, with the system's reason.
    case unreadable(file: String, reason: String)

    /// The file holds no certificates in PEM, or one that cannot be read.
    case noCertificates(file: String)

    /// The file holds no list of revoked certificates in PEM or DER, or one that cannot be read.
    case noRevocationList(file: String)

    /// No authority at all.
    case noAuthorities

    /// The library refuses what was read, with its reason.
    case refused(String)
}

extension TrustFailure: CustomStringConvertible {
    /// One line for people: the file, what was found, and what was expected.
    package var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
        case .noCertificates(let file): "\(file): found no readable certificates, expected PEM"
        case .noRevocationList(let file): "\(file): found no readable revocation list, expected PEM or DER"
        case .noAuthorities: "no certificate authorities, expected at least one file"
        case .refused(let reason): "the certificates cannot be used: \(reason)"
        }
    }
}
