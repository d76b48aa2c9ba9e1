import DecisionLog
import NIOCore
import NIOSSL

/// Listen: the certificate that a client shows while TLS is set up.
extension ClientConnection {
    /// The longest chain that is taken, in certificates and in bytes: a connection holds it for as long as it is open.
    private static let chainLimit = (certificates: 10, bytes: 32_768)

    /// Takes the client's chain; that it has the private key, TLS finds out itself.
    ///
    /// - Parameters:
    ///   - chain: The certificates as they came, the client's own first. Untrusted.
    ///   - promise: Whether TLS goes on.
    func shown(_ chain: [NIOSSLCertificate], _ promise: EventLoopPromise<NIOSSLVerificationResult>) {
        let octets = chain.compactMap { try? $0.toDERBytes() }
        guard octets.count == chain.count, chain.count <= Self.chainLimit.certificates,
            octets.reduce(0, { $0 + $1.count }) <= Self.chainLimit.bytes
        else {
            self.refuseCertificate(because: "certificate-too-large")
            promise.succeed(.failed)
            return
        }
        let certificate = PeerCertificate(chain: octets)
        guard case .require = self.listener.configuration.clientCertificates else {
            // Held to it by the first request that shows nothing else, so that the answer and the record can say why not.
            self.stand(on: certificate)
            promise.succeed(.certificateVerified)
            return
        }
        self.worker.objection(to: certificate) { [self] reason in
            if let reason {
                self.refuseCertificate(because: reason)
                promise.succeed(.failed)
            } else {
                self.lacksCertificate = false
                self.stand(on: certificate)
                promise.succeed(.certificateVerified)
            }
        }
    }

    private func stand(on certificate: PeerCertificate) {
        self.standing = ConnectionCredential(certificate, key: self.worker.sight.credentialKey)
    }

    /// Records that TLS ended here; those of one source are folded like other refusals.
    private func refuseCertificate(because reason: String) {
        self.worker.counters.refusals[RefusalKind.unauthenticated.rawValue] &+= 1
        let refusal = Refusal.unauthenticated(because: reason)
        let ruling = self.worker.sight.ruling(refusing: refusal, self.request, by: nil)
        let trace = RequestTrace(peer: self.peer, method: "", path: "")
        let key = RefusalFold.Key(source: self.peer, reason: reason)
        let who = self.worker.dependencies.log.prepareUnknown(
            RecordedPerson(authentication: AuthenticationMethod.certificate.rawValue)
        )
        guard self.worker.fold(ruling, by: who, key: key, trace: { trace }) == nil else { return }
        if let id = self.worker.record(ruling, by: who, from: self.origin, self.request).id {
            self.worker.beginFold(id, key: key)
        }
    }
}
