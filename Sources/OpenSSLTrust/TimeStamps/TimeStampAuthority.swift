import Synchronization

/// Asks a time-stamp authority, and checks what it signed, then and later.
///
///     let authority = try TimeStampAuthority(trust)
///     let stamp = try await authority.stamp(checkpoint, at: now)
///     let moment = try authority.verify(stamp.response, of: checkpoint).time
package final class TimeStampAuthority: Sendable {
    /// How far a new stamp may be from this machine's clock, in seconds; whoever signs another time signs nothing of use.
    package static let tolerance: Int64 = 600

    private let trust: TimeStampTrust
    private let authorities: [Certificate]
    private let workbench = Workbench(label: "stile.stamps", width: 2, depth: 16)

    /// Reads the files.
    ///
    /// - Throws: ``TrustFailure``.
    package init(_ trust: TimeStampTrust) throws(TrustFailure) {
        var authorities: [Certificate] = []
        for file in trust.authorities {
            guard let certificates = Certificate.all(inPEM: try PlainFile.read(file)) else {
                throw .noCertificates(file: file)
            }
            authorities += certificates
        }
        guard !authorities.isEmpty else { throw .noAuthorities }
        self.trust = trust
        self.authorities = authorities
    }

    /// Whether an address is one that a stamp can be asked at: `http://`, since the answer is signed.
    package static func isAddress(_ address: String) -> Bool { HTTPTransfer.isAddress(address) }

    /// Gets a stamp for these bytes; the authority sees their SHA-256 only.
    ///
    /// - Parameters:
    ///   - bytes: What is stamped.
    ///   - now: This machine's time, in seconds since 1970.
    /// - Returns: The stamp, already checked, or why there is none.
    package func stamp(_ bytes: [UInt8], at now: Int64) async -> Result<TimeStamp, TimeStampFailure> {
        let (trust, authorities) = (self.trust, self.authorities)
        return await self.workbench.run {
            do throws(TimeStampFailure) {
                return .success(try Self.stamp(bytes, trust, authorities, at: now))
            } catch {
                return .failure(error)
            }
        } ?? .failure(.busy)
    }

    /// Checks a stamp without asking anybody.
    ///
    /// The chain is checked as of the stamp's own moment: a stamp outlives the certificate that signed it.
    ///
    /// - Parameters:
    ///   - response: The authority's answer in DER. Untrusted.
    ///   - bytes: What it must be for.
    /// - Returns: The stamp.
    /// - Throws: ``TimeStampFailure``.
    package func verify(_ response: [UInt8], of bytes: [UInt8]) throws(TimeStampFailure) -> TimeStamp {
        let answer = try TimeStampAnswer(response)
        return try answer.verified(for: bytes, question: nil, authorities: self.authorities)
    }

    private static func stamp(
        _ bytes: [UInt8],
        _ trust: TimeStampTrust,
        _ authorities: [Certificate],
        at now: Int64
    ) throws(TimeStampFailure) -> TimeStamp {
        guard let question = TimeStampQuestion(for: bytes) else { throw .malformed }
        let response: [UInt8]
        do {
            response = try HTTPTransfer.post(
                question.der,
                to: trust.address,
                as: "application/timestamp-query",
                expecting: "application/timestamp-reply",
                maximum: TimeStampAnswer.maximumLength,
                seconds: trust.seconds
            )
        } catch {
            throw .unreachable(error.reason)
        }
        let answer = try TimeStampAnswer(response)
        let stamp = try answer.verified(for: bytes, question: question, authorities: authorities)
        guard abs(stamp.time - now) <= self.tolerance else { throw .otherTime(abs(stamp.time - now)) }
        return stamp
    }
}
