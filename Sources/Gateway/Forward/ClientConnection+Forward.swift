import DecisionLog
import HTTP1
import NIOCore
import Profiles

/// Forward: the request, allowed and recorded, on its way to the upstream.
extension ClientConnection {
    /// Sends the request on.
    func forward(_ purpose: Purpose) {
        guard let service = self.request.service else { return }
        self.worker.counters.forwarded &+= 1
        if !purpose.forgets.isEmpty {
            // Now, and again when it is done: a look-up in between may have seen the old state.
            self.worker.forget(purpose.forgets, at: service)
            self.exchange.forgets = purpose.forgets
        }
        if case .inProcess(let room) = service.backend {
            self.ask(room)
            return
        }
        guard let pool = self.worker.pool(of: service), let upstream = service.upstream else { return }
        if let filter = purpose.filter {
            let filtering = FilteredAnswerInProgress(filter: filter, facts: self.enforcement.facts)
            if let body = filtering.page?.body { self.exchange.heldBody = ByteBuffer(bytes: body) }
            self.exchange.filtering = filtering
        }
        self.writeForwardHead(to: service, upstream)
        self.phase = .connecting
        self.deadline = self.worker.after(pool.waits.connect) + pool.waits.responseHead
        pool.connection(for: .client(self, request: self.requestNumber))
    }

    /// Whether this request still waits for the connection that was asked for.
    func isWaitingForUpstream(_ number: UInt64) -> Bool {
        self.phase == .connecting && self.requestNumber == number
    }

    // MARK: - The head

    /// Writes the head as the upstream gets it: the canonical target without the mount, the client's fields without those
    /// that are not its to set, then ours.
    func writeForwardHead(to service: Service, _ upstream: UpstreamConfiguration) {
        let headBytes = self.headBytes
        // Taken out of the connection meanwhile, which the writing reads.
        var written = ByteBuffer()
        swap(&written, &self.forwardHead)
        written.hold { head in self.write(&head, headBytes.readableBytesUInt8Span, to: service, upstream) }
        swap(&written, &self.forwardHead)
    }

    private func write(
        _ written: inout HeadRoom,
        _ bytes: Span<UInt8>,
        to service: Service,
        _ upstream: UpstreamConfiguration
    ) {
        written.write(bytes.extracting(self.head.methodRange))
        written.write(UInt8(ascii: " "))
        let target = self.request.target
        let start = min(service.mount.count, target.pathLength)
        if start == target.pathLength { written.write(UInt8(ascii: "/")) }
        if let query = self.exchange.filtering?.page?.query {
            // The path that was decided on, and the page of the list that is needed.
            written.write(target.bytes.span.extracting(start..<target.pathLength))
            written.write(UInt8(ascii: "?"))
            written.write(query)
        } else {
            written.write(target.bytes.span.extracting(start..<target.bytes.count))
        }
        written.write(" HTTP/1.1\r\n")

        var dropped = ForwardedFields.neverForwarded
        if upstream.authorizationField == .remove { dropped.insert(FieldSet(.authorization)) }
        if upstream.hostField != .preserve { dropped.insert(FieldSet(.host)) }
        if self.head.fields.contains(.origin), let origin = self.head.fields.value(of: .origin),
            self.isOwnOrigin(bytes.extracting(origin), bytes)
        {
            // Checked here, under the name the client knows; the upstream, which may have another, would find it foreign.
            dropped.insert(FieldSet(.origin))
        }
        let isFiltered = self.exchange.filtering != nil
        if isFiltered { dropped.formUnion(ForwardedFields.notWhenFiltered) }
        var cookie: Range<Int>?
        if self.head.fields.contains(.cookie) {
            // Looked through only when there is one, and then written anew if ours is in it.
            cookie = ForwardedFields.holdsOwnCookie(self.head.fields, bytes) ? self.head.fields.value(of: .cookie) : nil
            if cookie != nil { dropped.insert(FieldSet(.cookie)) }
        }
        if isFiltered || ForwardedFields.holdsWithheld(self.head.fields, bytes, service) {
            written.copyFields(
                self.head.fields,
                of: bytes,
                dropping: dropped,
                and: service.withheldFields,
                isFiltered
            )
        } else {
            written.copyFields(self.head.fields, of: bytes, dropping: dropped)
        }
        if cookie != nil { written.copyForeignCookies(self.head.fields, of: bytes) }

        written.write(service.fixedFields)
        written.write(self.forwardedFields)
        if let host = self.head.fields.value(of: .host) {
            written.write("x-forwarded-host: ")
            written.write(bytes.extracting(host))
            written.write("\r\n")
        }
        if let visitor = self.enforcement.visitor {
            written.write(visitor.principal.identityFields)
            if service.assertion != nil { self.writeAssertion(of: visitor, to: service, in: &written) }
        }
        if let decision = self.exchange.decision {
            written.write("x-stile-decision: ")
            written.write(decision)
            written.write("\r\n")
        }
        if let held = self.exchange.heldBody {
            written.writeFraming(
                held.readableBytes > 0 ? .length(held.readableBytes) : .none,
                statingZero: true
            )
        } else {
            written.writeFraming(self.head.body, statingZero: !self.head.method.isSafe)
        }
        written.writeEndOfHead()
    }

    /// Writes who it is, signed.
    ///
    /// Where that fails nothing is written, and a service that checks refuses.
    private func writeAssertion(of visitor: Visitor, to service: Service, in written: inout HeadRoom) {
        guard let audience = service.assertion, let desk = self.worker.dependencies.assertions else { return }
        guard let field = visitor.assertion(for: service, audience, from: desk, at: self.worker.now) else { return }
        written.write(field)
    }

    // MARK: - The upstream's side

    /// A connection to the upstream is there.
    func upstreamReady(_ connection: UpstreamConnection, request number: UInt64) {
        guard self.isWaitingForUpstream(number) else {
            connection.pool.takeBack(connection)
            return
        }
        self.phase = .forwarding
        self.upstream = connection
        // From here on the upstream's own limits count, and for the body the pace of the client.
        self.deadline = .distantFuture
        connection.begin(for: self, method: self.head.method)
        if var held = self.exchange.heldBody {
            self.exchange.isRequestSent = true
            self.exchange.bytesUp = UInt64(held.readableBytes)
            self.worker.counters.bytesUp &+= self.exchange.bytesUp
            if held.readableBytes <= 16_384 {
                self.forwardHead.writeBuffer(&held)
                connection.sendNow(self.forwardHead)
            } else {
                connection.send(self.forwardHead)
                connection.sendNow(held)
            }
        } else if self.body.isComplete {
            self.exchange.isRequestSent = true
            connection.sendNow(self.forwardHead)
        } else {
            connection.send(self.forwardHead)
            self.tellToContinue()
            self.relayBody()
            connection.flush()
        }
    }

    /// There will be no connection.
    func upstreamUnavailable(_ failure: UpstreamFailure, request number: UInt64) {
        guard self.isWaitingForUpstream(number) else { return }
        self.failAfterRecord(failure)
        self.goOn()
    }

    /// The upstream takes more of the body.
    func upstreamTakesMore() {
        self.resumeReading()
    }

    /// Whether the whole request is on its way.
    var hasSentRequest: Bool { self.exchange.isRequestSent }

    /// Passes on what has come of the body.
    func relayBody() {
        guard let upstream = self.upstream, !self.exchange.isRequestSent else { return }
        let isChunked = self.head.body == .chunked
        var hasWritten = false
        relaying: while true {
            switch self.body.next(&self.input) {
            case .data(let data):
                hasWritten = true
                self.exchange.bytesUp &+= UInt64(data.readableBytes)
                self.worker.counters.bytesUp &+= UInt64(data.readableBytes)
                if isChunked {
                    var size = ByteBuffer()
                    size.writeChunkSize(data.readableBytes)
                    upstream.send(size)
                    upstream.send(data)
                    upstream.send(Self.chunkEnd)
                } else {
                    upstream.send(data)
                }
            case .needMore:
                self.deadline = self.worker.after(self.worker.waits.bodyIdle)
                break relaying
            case .malformed(let fault):
                self.upstream = nil
                upstream.abandon()
                self.failAfterRecord(.malformedRequest(fault))
                return
            case .end:
                self.exchange.isRequestSent = true
                self.deadline = .distantFuture
                if isChunked { upstream.send(Self.lastChunk) }
                hasWritten = true
                break relaying
            }
        }
        if hasWritten { upstream.flush() }
        self.resumeReading()
    }

    /// The exchange failed on the upstream's side.
    func upstreamFailed(_ failure: UpstreamFailure, hasAnswered: Bool, wasUsed: Bool) {
        guard self.phase == .forwarding, let upstream = self.upstream else { return }
        self.upstream = nil
        if !hasAnswered, wasUsed, !self.exchange.wasRetried, failure == .closed, self.mayBeSentAgain {
            self.exchange.wasRetried = true
            self.worker.counters.upstreamRetries &+= 1
            self.phase = .connecting
            self.exchange.isRequestSent = false
            self.deadline = self.worker.after(upstream.pool.waits.connect) + .seconds(1)
            upstream.pool.connection(for: .client(self, request: self.requestNumber), fresh: true)
            return
        }
        self.failAfterRecord(failure)
        self.goOn()
    }

    /// Whether sending it twice is sending it once, and all of it is still here.
    var mayBeSentAgain: Bool {
        self.head.method.isIdempotent && self.head.body == .none
    }

    /// The client pauses for too long: in sending its body, or in taking its answer.
    func exchangeTimedOut() {
        guard !self.exchange.hasAnswerBegun, !self.exchange.isRequestSent else {
            self.close()
            return
        }
        let upstream = self.upstream
        self.upstream = nil
        upstream?.abandon()
        self.failAfterRecord(.slowRequest)
    }

    /// The client went away in the middle of a long exchange: its end is recorded like any other.
    func recordCut() {
        guard self.exchange.bytesUp &+ self.exchange.bytesDown >= Self.longExchange else { return }
        self.recordEnd(status: self.exchange.status)
    }

    /// Tells the client of a failure after the request was let through, as far as that is still possible.
    func failAfterRecord(_ failure: UpstreamFailure) {
        let refusal = failure.refusal
        self.recordEnd(status: self.exchange.hasAnswerBegun ? self.exchange.status : refusal.kind.status)
        guard !self.exchange.hasAnswerBegun else {
            // The answer's end is missing, and only a closed connection says so.
            self.close()
            return
        }
        self.answer(refusal)
    }

    private static let chunkEnd = ByteBuffer(string: "\r\n")
    private static let lastChunk = ByteBuffer(string: "0\r\n\r\n")
}
