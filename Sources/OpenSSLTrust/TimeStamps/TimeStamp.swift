/// A signed statement of a time-stamp authority: these bytes existed at that moment.
///
/// Source: RFC 3161.
package struct TimeStamp: Hashable, Sendable {
    /// The authority's whole answer in DER, as `openssl ts -verify -in` reads it.
    package let response: [UInt8]

    /// The moment, in seconds since 1970.
    package let time: Int64

    /// The stamp's own serial number, in hexadecimal.
    package let serial: String
}

/// Which time-stamp authority is asked and believed.
package struct TimeStampTrust: Hashable, Sendable {
    /// Where it is asked, `http://…`.
    package var address: String

    /// Files with the authorities that its certificate leads to, in PEM; at least one.
    package var authorities: [String]

    /// How long it may take, in whole seconds; default 10.
    package var seconds = 10

    package init(address: String, authorities: [String]) {
        self.address = address
        self.authorities = authorities
    }
}

/// Why there is no stamp, or why one is not believed.
package enum TimeStampFailure: Error, Hashable, Sendable {
    /// The authority could not be asked, or did not answer in time.
    case unreachable(String)
    /// The authority does not stamp this, in its own words.
    case refused(String)
    /// What it answered is not a stamp.
    case malformed
    /// The stamp is for other bytes.
    case otherBytes
    /// The stamp is not signed by an authority that is trusted here.
    case untrusted(String)
    /// The stamp's moment is this many seconds away from this machine's clock.
    case otherTime(Int64)
    /// The files of authorities cannot be used.
    case trust(TrustFailure)
    /// Too much is being stamped at this moment.
    case busy
}

extension TimeStampFailure: CustomStringConvertible {
    /// One line for people.
    package var description: String {
        switch self {
        case .unreachable(let reason): "the time-stamp authority cannot be reached: \(reason)"
        case .refused(let words): "the time-stamp authority refuses: \(words)"
        case .malformed: "the time-stamp authority's answer is no time stamp"
        case .otherBytes: "the time stamp is for other bytes"
        case .untrusted(let reason): "the time stamp is not signed by an authority that is trusted here: \(reason)"
        case .otherTime(let seconds):
            "the time stamp is \(seconds) s away from this machine's clock, expected at most \(TimeStampAuthority.tolerance) s; set the clock"
        case .trust(let failure): failure.description
        case .busy: "too many time stamps are being asked for"
        }
    }
}
