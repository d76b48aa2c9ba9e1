/// Asks responders, once for all who wait for the same answer, and remembers what they said as long as it holds.
actor StatusDesk {
    /// One certificate, by its issuer and itself.
    struct Subject: Hashable, Sendable {
        let certificate: [UInt8]
        let issuer: [UInt8]
    }

    private struct Known {
        var verdict: Result<OnlineAnswer, CertificateRefusal>
        var until: Int64
    }

    /// How many answers are remembered: with their certificates some 10 MB.
    private static let capacity = 4_000

    /// How long a responder that did not answer is left alone, in seconds, so that it is not asked by every connection.
    private static let pause: Int64 = 5

    private let cacheSeconds: Int64
    private var known: [Subject: Known] = [:]
    private var underWay: [Subject: Task<Result<OnlineAnswer, CertificateRefusal>, Never>] = [:]

    init(cacheSeconds: Int64) {
        self.cacheSeconds = cacheSeconds
    }

    /// The answer about a certificate.
    ///
    /// - Parameters:
    ///   - subject: The certificate.
    ///   - now: The moment that counts, in seconds since 1970.
    ///   - ask: Asks a responder.
    /// - Returns: What the responder said, or why it could not be asked or believed.
    func answer(
        about subject: Subject,
        at now: Int64,
        asking ask: @escaping @Sendable () async -> Result<OnlineAnswer, CertificateRefusal>
    ) async -> Result<OnlineAnswer, CertificateRefusal> {
        if let known = self.known[subject], known.until > now { return known.verdict }
        if let task = self.underWay[subject] { return await task.value }
        let task = Task { await ask() }
        self.underWay[subject] = task
        let verdict = await task.value
        self.underWay[subject] = nil
        self.remember(verdict, about: subject, at: now)
        return verdict
    }

    private func remember(_ verdict: Result<OnlineAnswer, CertificateRefusal>, about subject: Subject, at now: Int64) {
        let until: Int64
        switch verdict {
        // Without an end newer knowledge may be there at any time, so the answer counts once.
        case .success(.good(let end)): until = min(end ?? now, now + self.cacheSeconds)
        case .success(.revoked): until = now + self.cacheSeconds
        case .success(.unknown), .failure: until = now + Self.pause
        }
        if self.known.count >= Self.capacity { self.known = self.known.filter { $0.value.until > now } }
        if self.known.count >= Self.capacity { self.known = [:] }
        self.known[subject] = Known(verdict: verdict, until: until)
    }
}
