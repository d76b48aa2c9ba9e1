/// Why a token is not believed: for the record and for officers, never for whoever sent it.
package enum KerberosRefusal: String, Error, Hashable, Sendable, CaseIterable {
    /// It is not a token of Kerberos or of SPNEGO about Kerberos (a browser without a ticket sends NTLM, for example).
    case malformed = "negotiate-malformed"

    /// It is longer than is looked at.
    case tooLong = "negotiate-too-long"

    /// It was used before.
    case replayed = "negotiate-replayed"

    /// The ticket has ended, or is not good yet.
    case expired = "negotiate-expired"

    /// The clock of the client is too far from this machine's.
    case clock = "negotiate-clock"

    /// The keytab has no key for it: it is for another service, or the service's key was changed.
    case otherKey = "negotiate-other-key"

    /// It is for a service of another kind than HTTP.
    case otherService = "negotiate-other-service"

    /// The client did not say who it is, or in a form that can be read in two ways.
    case unnamed = "negotiate-unnamed"

    /// More tokens than a negotiation takes.
    case endless = "negotiate-endless"

    /// Kerberos gave another reason; nobody is let in for a reason that is not understood.
    case other = "negotiate-refused"
}

extension KerberosRefusal: CustomStringConvertible {
    /// The code that stands in records, such as `negotiate-replayed`.
    package var description: String { self.rawValue }
}
