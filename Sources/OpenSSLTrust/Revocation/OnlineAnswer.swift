/// What a responder says of a certificate.
enum OnlineAnswer: Hashable, Sendable {
    /// Not revoked, as far as is known until then (seconds since 1970); without an end, at this moment only.
    case good(until: Int64?)
    /// Revoked.
    case revoked
    /// The responder does not know it.
    case unknown
}
