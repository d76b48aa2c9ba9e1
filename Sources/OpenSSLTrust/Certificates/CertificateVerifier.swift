import Synchronization

/// Decides whether a chain of certificates that a client showed is believed.
///
///     let verifier = try CertificateVerifier(trust)
///     switch await verifier.verify(chain, at: now) { … }
///
/// Nothing here runs on the caller's thread: chains are verified, and responders asked, on threads of its own. What the files
/// say is read by `init` and by ``reload()``, and swapped as a whole.
package final class CertificateVerifier: Sendable {
    private let trust: CertificateTrust
    private let store: Mutex<TrustStore>
    private let desk: StatusDesk
    private let workbench = Workbench(label: "stile.certificates", width: 4, depth: 1024)
    /// Responders are slow and may not answer at all; they must not keep chains from being verified.
    private let askers = Workbench(label: "stile.responders", width: 8, depth: 256)

    /// Reads the files.
    ///
    /// - Throws: ``TrustFailure``.
    package init(_ trust: CertificateTrust) throws(TrustFailure) {
        self.trust = trust
        self.store = Mutex(try TrustStore(trust))
        self.desk = StatusDesk(cacheSeconds: trust.onlineCacheSeconds)
    }

    /// Every file that it was read from.
    package var files: [String] { self.trust.files }

    /// When the first of the revocation lists runs out, in seconds since 1970, after which nobody gets in; `nil` when there is none.
    package var listsEnd: Int64? { self.store.withLock { $0 }.listsEnd }

    /// Reads the files again; on an error what was in force stays so.
    ///
    /// Lists of revoked certificates then run out by themselves.
    ///
    /// - Throws: ``TrustFailure``.
    package func reload() throws(TrustFailure) {
        let renewed = try TrustStore(self.trust)
        self.store.withLock { $0 = renewed }
    }

    /// Whether a chain is believed.
    ///
    /// - Parameters:
    ///   - chain: The certificates in DER as they were shown, the client's own first. Untrusted.
    ///   - now: The moment that counts, in seconds since 1970.
    /// - Returns: The certificate with its holder's names, or why it is not believed.
    package func verify(_ chain: [[UInt8]], at now: Int64) async -> CertificateVerdict {
        guard !chain.isEmpty else { return .refused(.malformed) }
        guard chain.count <= self.trust.maximumCertificates,
            chain.allSatisfy({ $0.count <= Certificate.maximumLength })
        else { return .refused(.tooLarge) }
        let store = self.store.withLock { $0 }
        let outcome = await self.workbench.run { Self.verified(chain, in: store, at: now) }
        switch outcome {
        case nil: return .refused(.busy)
        case .failure(let refusal): return .refused(refusal)
        case .success(let verified):
            if let refusal = await self.objection(to: verified.chain, store, at: now) { return .refused(refusal) }
            return .trusted(verified.client)
        }
    }

    private struct Verified: Sendable {
        var chain: [Certificate]
        var client: ClientCertificate
    }

    /// Everything that needs nobody else.
    private static func verified(
        _ octets: [[UInt8]],
        in store: TrustStore,
        at now: Int64
    ) -> Result<Verified, CertificateRefusal> {
        do throws(CertificateRefusal) {
            var certificates: [Certificate] = []
            for der in octets {
                guard let certificate = Certificate(der: der) else { throw .malformed }
                certificates.append(certificate)
            }
            let leaf = certificates[0]
            let chain = try store.chain(from: leaf, certificates.dropFirst(), at: now)
            guard leaf.isForClients else { throw .wrongPurpose }
            guard let names = leaf.names, let issuer = leaf.issuer, let notAfter = leaf.notAfter else {
                throw .malformed
            }
            let client = ClientCertificate(
                der: octets[0],
                names: names,
                issuer: issuer,
                serial: leaf.serial,
                notAfter: notAfter
            )
            return .success(Verified(chain: chain, client: client))
        } catch {
            return .failure(error)
        }
    }

    // MARK: - Online status

    /// Why a chain is not believed after all, as far as responders know.
    private func objection(to chain: [Certificate], _ store: TrustStore, at now: Int64) async -> CertificateRefusal? {
        guard self.trust.onlineStatus != .off else { return nil }
        let depth = self.trust.onlineDepth == .leaf ? 1 : chain.count - 1
        for index in 0..<min(depth, chain.count - 1) {
            switch await self.status(of: index, in: chain, at: now) {
            case .success(.good): continue
            case .success(.revoked): return .revoked
            case .success(.unknown): return .statusUnknown
            case .failure(let refusal):
                if self.trust.onlineStatus == .require { return refusal }
            }
        }
        return nil
    }

    private func status(
        of index: Int,
        in chain: [Certificate],
        at now: Int64
    ) async -> Result<OnlineAnswer, CertificateRefusal> {
        let (certificate, issuer) = (chain[index], chain[index + 1])
        let addresses = self.trust.responder.map { [$0] } ?? certificate.responders
        guard let address = addresses.first(where: HTTPTransfer.isAddress) else { return .failure(.statusUnavailable) }
        let subject = StatusDesk.Subject(certificate: certificate.der, issuer: issuer.der)
        let (trust, askers) = (self.trust, self.askers)
        return await self.desk.answer(about: subject, at: now) {
            await askers.run {
                Self.ask(address, about: index, in: chain, trust, at: now)
            } ?? .failure(.statusUnavailable)
        }
    }

    private static func ask(
        _ address: String,
        about index: Int,
        in chain: [Certificate],
        _ trust: CertificateTrust,
        at now: Int64
    ) -> Result<OnlineAnswer, CertificateRefusal> {
        guard let question = StatusQuestion(about: chain[index], issuedBy: chain[index + 1]) else {
            return .failure(.other)
        }
        let answer: [UInt8]
        do {
            answer = try HTTPTransfer.post(
                question.der,
                to: address,
                as: "application/ocsp-request",
                expecting: "application/ocsp-response",
                maximum: StatusQuestion.maximumLength,
                seconds: trust.onlineSeconds
            )
        } catch {
            return .failure(.statusUnavailable)
        }
        do throws(CertificateRefusal) {
            return .success(
                try question.read(
                    answer,
                    chain: chain,
                    authorities: chain.suffix(1),
                    requiresNonce: trust.requiresNonce,
                    at: now
                )
            )
        } catch {
            return .failure(error)
        }
    }
}
