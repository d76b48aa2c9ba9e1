/// What the gateway makes of the credential that a request shows.
enum Recognition {
    /// It shows none.
    case nobody
    /// It shows something that is no credential.
    case unreadable
    /// It shows one that nobody here knows yet.
    case unknown(Credential, CredentialDigest)
    /// It shows the credential of somebody whose clearance was read under policies that are no longer in force.
    case outdated(Visitor)
    /// It shows the credential of somebody known.
    case known(Visitor)
}

/// What the directory, or the memory of it, made of a credential.
enum SignedIn {
    /// It is this person's.
    case visitor(Visitor)
    /// It is not accepted; the reason is for the record only.
    case refused(reason: String)
    /// Nobody could be asked.
    case unavailable(reason: String)
    /// The client has to answer this token of a negotiation with another one.
    case challenged([UInt8])
}

/// What is known of a request once its head has been read.
struct Arrival {
    /// Where it belongs.
    let place: ServiceTable.Place
    /// Who sent it.
    let recognition: Recognition
    /// Whether a page of another origin made a browser send it.
    let isFromElsewhere: Bool
    /// The page of Stile's own that it is for; `nil` for everything that is a service's.
    var page: OwnPage?
    /// Whether a browser goes somewhere without a credential, and could be sent to sign in first.
    var isBrowsing = false
    /// A field that the service's profile does not let in; `nil` when there is none.
    let refusedField: String?
}
