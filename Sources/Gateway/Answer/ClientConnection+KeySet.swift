import HTTP1

/// The key set that services check assertions with, for whoever asks: public keys are no secret.
extension ClientConnection {
    /// Where the key set is, on every host that is served.
    private static let keySetPath: StaticString = "/.stile/jwks.json"

    /// Answers a request for the key set, without asking who it is.
    ///
    /// - Parameter place: Where the request belongs.
    /// - Returns: Whether it was one.
    func answersKeySet(at place: ServiceTable.Place) -> Bool {
        // Compared by length first, so that nearly every request is through with this at once.
        let target = self.request.target
        guard target.pathLength == Self.keySetPath.utf8CodeUnitCount, let desk = self.worker.dependencies.assertions,
            target.bytes.span.extracting(target.path).isText(Self.keySetPath)
        else { return false }
        guard self.head.method == .get || self.head.method == .head, !place.isMisdirected else { return false }
        self.answer(
            InProcessAnswer(
                status: 200,
                contentType: "application/jwk-set+json",
                body: Array(desk.keySet.utf8),
                fields: [(name: "cache-control", value: "public, max-age=300")]
            )
        )
        return true
    }
}

extension ServiceTable.Place {
    /// Whether the host is not served here.
    fileprivate var isMisdirected: Bool { if case .misdirected = self { true } else { false } }
}
