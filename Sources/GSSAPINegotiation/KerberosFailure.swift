/// Why no client can be accepted at all.
package enum KerberosFailure: Error, Hashable, Sendable {
    /// The keytab cannot be used, with the library's reason.
    case keytab(file: String, reason: String)
}

extension KerberosFailure: CustomStringConvertible {
    /// One line for people.
    package var description: String {
        switch self {
        case .keytab(let file, let reason):
            "\(file): no key to accept Kerberos clients with: \(reason); make one with `ktadd -k \(file) HTTP/HOST` and let Stile's user alone read it"
        }
    }
}
