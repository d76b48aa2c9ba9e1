import NIOCore

/// The credential that was last shown on a connection, and who it was.
///
/// Clients show the same one with every request: comparing it with the last one is cheaper than hashing it.
struct RememberedCredential {
    /// Whether the gateway knows a credential.
    enum Answer {
        case known(Visitor)
        /// The clearance was read under policies that are no longer in force.
        case outdated(Visitor)
        case unknown(CredentialDigest)
    }

    private var field: [UInt8] = []
    private var visitor: Visitor?

    /// Who shows this `Authorization` value.
    mutating func recognise(_ field: Span<UInt8>, in sight: Sight, at now: NIODeadline) -> Answer {
        if let visitor = self.visitor, visitor.isGood(at: now), field.isSame(as: self.field) {
            return visitor.principal.policies === sight.policies ? .known(visitor) : .outdated(visitor)
        }
        let digest = sight.credentialKey.digest(of: field)
        guard let visitor = sight.visitor(knownBy: digest, at: now) else {
            self.visitor = nil
            return .unknown(digest)
        }
        self.visitor = visitor
        self.field = Array(copying: field)
        return visitor.principal.policies === sight.policies ? .known(visitor) : .outdated(visitor)
    }
}
