import HTTP1
import NIOCore
import Profiles

/// Listen, Authenticate: from bytes to a request with somebody behind it.
extension ClientConnection {
    /// Reads the next head.
    ///
    /// - Returns: Whether it was complete, so that there is more to do.
    func readHead() -> Bool {
        guard self.input.readableBytes > 0 else { return false }
        switch self.head.parse(self.input.readableBytesUInt8Span) {
        case .needMore:
            // From its first byte on, a head has a time limit of its own.
            if !self.exchange.hasHeadBegun {
                self.exchange.hasHeadBegun = true
                self.deadline = self.worker.after(self.worker.waits.head)
            }
            return false
        case .malformed(let fault):
            self.head.reset()
            self.request.forget()
            self.refuse(Refusal(fault))
            return true
        case .complete(let length):
            guard let bytes = self.input.readSlice(length: length) else { return false }
            self.headBytes = bytes
            self.begin()
            return true
        }
    }

    /// Begins the walk of a request whose head is complete.
    private func begin() {
        self.worker.counters.requests &+= 1
        self.exchange.hasHeadBegun = true
        self.exchange.begun = self.worker.loop.now
        self.exchange.closesAfterAnswer = !self.head.keepsAlive
        self.body.begin(self.head.body)
        let headBytes = self.headBytes
        let bytes = headBytes.readableBytesUInt8Span
        self.request.setMethod(self.head.method, written: bytes.extracting(self.head.methodRange))
        self.request.body = self.head.body == .none ? .none : .unread
        self.request.service = nil
        self.request.own = nil
        self.request.contentType = nil
        self.request.identifiers = RequestIdentifiers(self.head.fields, bytes)
        do throws(HTTPFault) {
            try self.request.target.read(bytes, in: self.head.pathAndQuery)
            guard !self.head.fields.repeated.contains(.authorization) else { throw .invalidFieldName }
        } catch {
            self.refuse(Refusal(error))
            return
        }
        if self.head.body != .none, let type = self.head.fields.value(of: .contentType) {
            self.request.contentType = Array(copying: bytes.extracting(type))
        }
        let target = self.request.target.bytes
        let place = self.worker.services.place(
            host: bytes.extracting(self.head.host.name),
            path: target.span.extracting(self.request.target.path)
        )
        if self.answersKeySet(at: place) { return }
        var refusedField: String?
        if case .service(let service) = place {
            self.request.service = service
            for name in service.refusedFields where self.head.fields.value(named: name, in: bytes) != nil {
                refusedField = String(decoding: name, as: UTF8.self)
            }
        }
        let page = OwnPage(path: target.span.extracting(self.request.target.path))
        if page != nil { self.request.own = self.ownPageRequest(bytes) }
        let recognition = self.recognise(bytes)
        let arrival = Arrival(
            place: place,
            recognition: recognition,
            isFromElsewhere: self.isFromElsewhere(bytes),
            page: page,
            isBrowsing: self.isBrowsing(bytes),
            refusedField: refusedField
        )
        self.perform(self.enforcement.begin(self.request, arrival, in: self.worker.sight))
    }

    /// Whether the request says that it came through a proxy.
    var isForwarded: Bool { !self.head.fields.present.isDisjoint(with: ForwardedFields.ofProxies) }

    /// Whose credential the request shows.
    func recognise(_ bytes: Span<UInt8>) -> Recognition {
        guard !self.lacksCertificate else { return .nobody }
        guard let field = self.head.fields.value(of: .authorization) else {
            if self.head.fields.contains(.cookie), let cookie = SessionCookie.find(in: self.head.fields, bytes) {
                let recognition = self.session.recognise(
                    bytes.extracting(cookie),
                    at: bytes.extracting(self.head.host.name),
                    in: self.worker.sight,
                    now: self.worker.now
                )
                if case .known = recognition { self.worker.counters.credentialsKnown &+= 1 }
                return recognition
            }
            // Through a proxy, others' requests may come over the same connection as the one that negotiated.
            if self.isForwarded, case .standing? = self.standing?.credential { return .nobody }
            guard let recognition = self.standing?.recognise(in: self.worker.sight, at: self.worker.now) else {
                return .nobody
            }
            if case .known = recognition { self.worker.counters.credentialsKnown &+= 1 }
            return recognition
        }
        switch self.credential.recognise(bytes.extracting(field), in: self.worker.sight, at: self.worker.now) {
        case .known(let visitor):
            self.worker.counters.credentialsKnown &+= 1
            return .known(visitor)
        case .outdated(let visitor): return .outdated(visitor)
        case .unknown(let digest):
            guard let credential = Credential(authorization: Array(copying: bytes.extracting(field))) else {
                return .unreadable
            }
            return .unknown(credential, digest)
        }
    }

    private func ownPageRequest(_ bytes: Span<UInt8>) -> OwnPageRequest {
        let nonce = SessionCookie.find(FormKey.cookie, in: self.head.fields, bytes).map {
            Array(copying: bytes.extracting($0))
        }
        return OwnPageRequest(
            host: Array(copying: bytes.extracting(self.head.host.name)).map(smallLetter),
            nonce: nonce.flatMap { FormKey.isNonce($0) ? $0 : nil },
            session: SessionCookie.find(in: self.head.fields, bytes).map { Array(copying: bytes.extracting($0)) }
        )
    }

    /// Whether a person goes to a page in a browser that has shown no credential but its session.
    ///
    /// What scripts of a page ask for is not: they could do nothing with a form. Asked of a session that is good as well: it may end
    /// before the answer begins.
    private func isBrowsing(_ bytes: Span<UInt8>) -> Bool {
        guard self.worker.sight.pageKey != nil, self.head.method.isSafe,
            !self.head.fields.contains(.authorization), self.prefersPage
        else { return false }
        guard let mode = self.head.fields.value(of: .secFetchMode) else { return true }
        return bytes.extracting(mode).isText("navigate")
    }

    /// Whether a browser sends this request for a page of another origin.
    ///
    /// Browsers attach a Basic credential to whatever a page makes them send; only they set these fields, and a page cannot
    /// set them otherwise.
    ///
    /// Source: Fetch, section 3.2 (`Origin`); Fetch Metadata, section 2.
    private func isFromElsewhere(_ bytes: Span<UInt8>) -> Bool {
        guard !self.head.method.isSafe else { return false }
        if let site = self.head.fields.value(of: .secFetchSite) {
            let isOwn = bytes.extracting(site).isText("same-origin") || bytes.extracting(site).isText("none")
            guard isOwn else { return true }
        }
        guard let origin = self.head.fields.value(of: .origin) else { return false }
        guard !self.head.fields.repeated.contains(.origin) else { return true }
        return !self.isOwnOrigin(bytes.extracting(origin), bytes)
    }

    /// Whether an `Origin` value is the one under which this request was made.
    func isOwnOrigin(_ origin: Span<UInt8>, _ bytes: Span<UInt8>) -> Bool {
        guard let host = self.head.fields.value(of: .host) else { return false }
        let scheme = self.listener.isSecure ? "https://" as StaticString : "http://"
        let length = scheme.utf8CodeUnitCount
        guard origin.count == length + host.count, origin.extracting(0..<length).isText(scheme) else { return false }
        return origin.extracting(length..<origin.count).isSameText(as: bytes.extracting(host))
    }
}

extension Refusal {
    /// The answer to a message that is not HTTP as Stile reads it; where the next one starts is not known.
    convenience init(_ fault: HTTPFault) {
        let kind: RefusalKind =
            switch fault.status {
            case 405: .methodNotAllowed
            case 413: .bodyTooLong
            case 414: .targetTooLong
            case 417: .expectationFailed
            case 431: .headTooLong
            case 505: .notSupported
            default: .malformed
            }
        self.init(kind, fault.description, closesConnection: true)
    }
}
