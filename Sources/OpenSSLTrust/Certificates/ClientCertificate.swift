/// A client's certificate whose chain was verified: by what names its holder may be looked for.
package struct ClientCertificate: Hashable, Sendable {
    /// The certificate itself.
    package let der: [UInt8]

    /// What it calls its holder.
    package let names: Certificate.Names

    /// Who issued it, as a DN (RFC 4514).
    package let issuer: String

    /// Its serial number in hexadecimal.
    package let serial: String

    /// Until when it counts, in seconds since 1970.
    package let notAfter: Int64
}
