import DecisionLog
import HTTP1
import NIOCore
import Profiles

/// Answer: what the client gets, from the upstream or from Stile itself.
extension ClientConnection {
    // MARK: - The upstream's answer

    /// The head of the upstream's answer has come.
    func answerBegins(_ response: borrowing ResponseHead, _ bytes: Span<UInt8>) {
        self.exchange.status = response.status
        if self.exchange.filtering != nil {
            if response.status == 200, self.head.method != .head {
                guard !response.fields.contains(.contentEncoding) else {
                    self.failFiltering("the service encoded a list although it was asked not to")
                    return
                }
                self.exchange.filtering?.head.clear()
                self.exchange.filtering?.head.writeStatusLine(200, reason: bytes.extracting(response.reason))
                self.exchange.filtering?.head.copyFields(response.fields, of: bytes, dropping: Self.droppedWhenFiltered)
                return
            }
            self.exchange.filtering = nil
        }
        self.exchange.hasAnswerBegun = true
        let isOldClient = self.head.version == .http10
        switch response.body {
        case .none, .length: self.exchange.answerFraming = response.body
        case .chunked, .untilClose: self.exchange.answerFraming = isOldClient ? .untilClose : .chunked
        }
        if self.exchange.answerFraming == .untilClose { self.exchange.closesAfterAnswer = true }
        // An answer before the request was read to its end: what follows on this connection is the rest of the body.
        if !self.exchange.isRequestSent { self.exchange.closesAfterAnswer = true }

        self.worker.scratch.clear()
        self.worker.scratch.writeStatusLine(response.status, reason: bytes.extracting(response.reason))
        let rewritesLocation = response.fields.contains(.location) && self.request.service?.mount.isEmpty == false
        let dropped = rewritesLocation ? Self.droppedFromAnswers.union(FieldSet(.location)) : Self.droppedFromAnswers
        self.worker.scratch.copyFields(response.fields, of: bytes, dropping: dropped)
        if rewritesLocation, let location = response.fields.value(of: .location) {
            self.writeLocation(bytes.extracting(location))
        }
        if let length = response.statedLength, response.body == .none {
            self.worker.scratch.writeField("content-length", length)
        } else if self.exchange.answerFraming != .untilClose {
            let mayHaveBody = response.status != 204 && response.status != 304 && self.head.method != .head
            self.worker.scratch.writeFraming(self.exchange.answerFraming, statingZero: mayHaveBody)
        }
        self.writeConnectionField()
        self.worker.scratch.writeEndOfHead()
    }

    /// A piece of the upstream's answer has come.
    func answerContinues(_ data: ByteBuffer) {
        if self.exchange.filtering != nil {
            self.collect(data)
            return
        }
        self.exchange.bytesDown &+= UInt64(data.readableBytes)
        self.worker.counters.bytesDown &+= UInt64(data.readableBytes)
        let isChunked = self.exchange.answerFraming == .chunked
        if isChunked { self.worker.scratch.writeChunkSize(data.readableBytes) }
        if data.readableBytes <= Self.worthCopying {
            // One write for head and body costs less than a copy of this size saves.
            self.worker.scratch.writeImmutableBuffer(data)
        } else {
            self.writeScratch()
            self.context?.write(self.wrapOutboundOut(data), promise: nil)
        }
        if isChunked { self.worker.scratch.writeChunkEnd() }
    }

    /// The upstream has nothing more to say for now: what it said is sent.
    func flushAnswer() {
        self.writeScratch()
        self.context?.flush()
    }

    /// The upstream's answer is complete.
    func answerEnds() {
        guard self.phase == .forwarding else { return }
        self.upstream = nil
        if !self.exchange.forgets.isEmpty, let service = self.request.service {
            self.worker.forget(self.exchange.forgets, at: service)
        }
        if self.exchange.filtering != nil {
            self.applyFilter()
            return
        }
        if self.exchange.answerFraming == .chunked { self.worker.scratch.writeLastChunk() }
        self.answerIsWritten()
    }

    /// The whole answer is in the scratch buffer, or behind it: sends it and goes on to the next request.
    private func answerIsWritten() {
        if self.exchange.bytesUp &+ self.exchange.bytesDown >= Self.longExchange {
            self.recordEnd(status: self.exchange.status)
        }
        guard self.exchange.closesAfterAnswer else {
            self.writeScratch()
            self.context?.flush()
            self.requestIsDone()
            return
        }
        self.sendAndLinger()
    }

    private func writeScratch() {
        guard self.worker.scratch.readableBytes > 0 else { return }
        self.context?.write(self.wrapOutboundOut(self.worker.scratch), promise: nil)
        self.worker.scratch.clear()
    }

    /// Sends what is written and then ends the connection in good order.
    private func sendAndLinger() {
        self.requestNumber &+= 1
        self.phase = .lingering
        self.deadline = self.worker.after(self.worker.limits.linger)
        guard let context = self.context else { return }
        let sent = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(self.wrapOutboundOut(self.worker.scratch), promise: sent)
        self.worker.scratch.clear()
        sent.futureResult.assumeIsolated().whenComplete { _ in
            if self.phase == .lingering { self.linger() }
        }
    }

    /// Source: RFC 9112, section 9.3.
    private func writeConnectionField() {
        if self.exchange.closesAfterAnswer || self.worker.isDraining {
            self.exchange.closesAfterAnswer = true
            self.worker.scratch.write("connection: close\r\n")
        } else if self.head.version == .http10 {
            self.worker.scratch.write("connection: keep-alive\r\n")
        }
    }

    /// Makes a redirect within the upstream one within the mount.
    private func writeLocation(_ location: Span<UInt8>) {
        self.worker.scratch.write("location: ")
        let isLocal =
            location.count > 0 && location[0] == UInt8(ascii: "/")
            && (location.count == 1 || location[1] != UInt8(ascii: "/"))
        if isLocal, let mount = self.request.service?.mount { self.worker.scratch.write(mount.span) }
        self.worker.scratch.write(location)
        self.worker.scratch.write("\r\n")
    }

    // MARK: - Lists

    private func collect(_ data: ByteBuffer) {
        guard let limit = self.exchange.filtering?.filter.limit, let held = self.exchange.filtering?.body.count else {
            return
        }
        guard held + data.readableBytes <= limit else {
            self.failFiltering(
                "the service's answer is longer than the \(limit) bytes that can be filtered, ask for fewer at a time"
            )
            return
        }
        self.exchange.filtering?.body.append(contentsOf: data.readableBytesView)
    }

    /// Cuts a complete list down to what the person may see, once all that is in it is known.
    private func applyFilter() {
        guard let filtering = self.exchange.filtering, let visitor = self.enforcement.visitor,
            let service = self.request.service
        else { return }
        let sight = self.worker.sight
        let outcome = filtering.filter.apply(to: filtering.body, known: filtering.facts) { question in
            sight.permits(question, to: visitor, self.request)
        }
        switch outcome {
        case .filtered(let body, _):
            self.sendFiltered(body, head: filtering.head)
        case .failed(let failure):
            self.failFiltering(failure.description)
        case .needsMetadata(let queries):
            var facts = filtering.facts
            let unknown = sight.recall(queries, at: service, into: &facts)
            self.exchange.filtering?.facts = facts
            self.exchange.filtering?.lookUps += unknown.count
            guard filtering.lookUps + unknown.count <= filtering.filter.maximumLookUps else {
                self.failFiltering("the answer would need too many look-ups, ask for fewer at a time")
                return
            }
            guard !unknown.isEmpty else {
                self.applyFilter()
                return
            }
            self.phase = .suspended
            self.deadline = self.worker.after(self.worker.limits.lookUps)
            let number = self.requestNumber
            self.worker.lookUp(unknown, at: service) { [self] answers in
                guard self.requestNumber == number, self.phase == .suspended else { return }
                for (query, fact) in answers { self.exchange.filtering?.facts[query] = fact }
                self.applyFilter()
                self.goOn()
            }
        }
    }

    private func sendFiltered(_ body: [UInt8], head: ByteBuffer) {
        self.exchange.filtering = nil
        self.exchange.hasAnswerBegun = true
        self.exchange.bytesDown = UInt64(body.count)
        self.worker.counters.bytesDown &+= UInt64(body.count)
        self.worker.scratch.clear()
        self.worker.scratch.writeImmutableBuffer(head)
        self.worker.scratch.writeField("content-length", body.count)
        // The same list is another one for another person, or a moment later.
        self.worker.scratch.write("cache-control: no-store\r\n")
        self.writeConnectionField()
        self.worker.scratch.writeEndOfHead()
        self.worker.scratch.writeBytes(body)
        self.answerIsWritten()
    }

    private func failFiltering(_ reason: String) {
        self.exchange.filtering = nil
        let upstream = self.upstream
        self.upstream = nil
        upstream?.abandon()
        self.failAfterRecord(.unfiltered(reason))
        self.goOn()
    }

    // MARK: - Stile's own answers

    /// Answers a refusal, as a page for browsers and as a problem document for everybody else.
    func answer(_ refusal: Refusal) {
        self.worker.counters.refusals[refusal.kind.rawValue] &+= 1
        let decision = self.exchange.decision.map { $0.description } ?? "unrecorded"
        let isPage = self.prefersPage
        let text =
            isPage
            ? RefusalPage(refusal: refusal, decision: decision).text
            : ProblemDocument(refusal: refusal, decision: decision).text
        if refusal.closesConnection { self.exchange.closesAfterAnswer = true }
        self.beginOwnAnswer(refusal.kind.status, refusal.kind.phrase)
        self.worker.scratch.writeField(
            "content-type",
            checking: Array((isPage ? RefusalPage.contentType : ProblemDocument.contentType).utf8).span
        )
        if isPage {
            self.worker.scratch.writeField(
                "content-security-policy",
                checking: Array(RefusalPage.contentSecurityPolicy.utf8).span
            )
        }
        if refusal.kind == .unauthenticated {
            self.worker.scratch.writeField("www-authenticate", "Basic realm=\"Stile\", charset=\"UTF-8\"")
        }
        if refusal.kind == .methodNotAllowed {
            self.worker.scratch.writeField("allow", "GET, HEAD, POST, PUT, PATCH, DELETE")
        }
        if let seconds = refusal.retryAfter { self.worker.scratch.writeField("retry-after", seconds) }
        self.worker.scratch.writeField("cache-control", "no-store")
        // The same address answers differently to browsers and programs, and to each person.
        self.worker.scratch.writeField("vary", "Accept, Authorization")
        self.endOwnAnswer(Array(text.utf8))
    }

    /// Answers for a room of this process.
    func answer(_ answer: InProcessAnswer) {
        self.exchange.bytesDown = UInt64(answer.body.count)
        self.beginOwnAnswer(answer.status, "")
        self.worker.scratch.writeField("content-type", checking: Array(answer.contentType.utf8).span)
        for field in answer.fields {
            let name = Array(field.name.utf8)
            let value = Array(field.value.utf8)
            guard (name + value).allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { continue }
            self.worker.scratch.writeBytes(name + [UInt8(ascii: ":"), 0x20] + value + [0x0D, 0x0A])
        }
        self.endOwnAnswer(answer.body)
    }

    /// Sends the client to the mount with its slash.
    func redirectToMount() {
        self.exchange.closesAfterAnswer = self.exchange.closesAfterAnswer || !self.body.isComplete
        let target = self.request.target
        var location = Array(target.bytes[target.path])
        location.append(UInt8(ascii: "/"))
        if let query = target.query { location += [UInt8(ascii: "?")] + target.bytes[query] }
        self.beginOwnAnswer(308, "Permanent Redirect")
        self.worker.scratch.writeField("location", checking: location.span)
        self.endOwnAnswer([])
    }

    private func beginOwnAnswer(_ status: Int, _ phrase: String) {
        self.exchange.status = status
        self.exchange.hasAnswerBegun = true
        // A body that has come already is skipped; one that hasn't would be read as the next request.
        if !self.skipBody() { self.exchange.closesAfterAnswer = true }
        self.worker.scratch.clear()
        self.worker.scratch.writeStatusLine(status, reason: Array(phrase.utf8).span)
        self.worker.scratch.write("date: ")
        self.worker.scratch.write(self.worker.dateText)
        self.worker.scratch.write("\r\n")
        self.worker.scratch.writeField("x-content-type-options", "nosniff")
    }

    private func endOwnAnswer(_ body: [UInt8]) {
        self.worker.scratch.writeField("content-length", body.count)
        self.writeConnectionField()
        self.worker.scratch.writeEndOfHead()
        if self.head.method != .head || self.request.methodName.isEmpty { self.worker.scratch.writeBytes(body) }
        self.worker.counters.bytesDown &+= UInt64(body.count)
        self.answerIsWritten()
    }

    /// Skips the rest of the body, if all of it is here.
    private func skipBody() -> Bool {
        if self.exchange.isRequestSent || self.exchange.heldBody != nil && self.body.isComplete { return true }
        guard !self.head.expectsContinue || self.exchange.hasContinued else { return self.body.isComplete }
        while true {
            switch self.body.next(&self.input) {
            case .data: continue
            case .end: return true
            case .needMore, .malformed: return false
            }
        }
    }

    /// Whether the client would rather have a page than a document for programs.
    private var prefersPage: Bool {
        guard let accept = self.head.fields.value(of: .accept), self.headBytes.readableBytes > 0 else { return false }
        let bytes = self.headBytes
        return bytes.readableBytesUInt8Span.extracting(accept).holdsText("text/html")
    }

    // MARK: - Rooms of this process

    /// Asks a room of this process.
    func ask(_ room: InProcessService) {
        guard let visitor = self.enforcement.visitor, let decision = self.exchange.decision else { return }
        self.exchange.isRequestSent = true
        self.phase = .suspended
        self.deadline = .distantFuture
        var body: [UInt8] = []
        if case .held(let held) = self.request.body { body = held }
        let request = InProcessRequest(
            method: self.request.methodText,
            path: self.request.pathText,
            query: self.request.target.query.map { String(decoding: self.request.target.bytes[$0], as: UTF8.self) },
            contentType: self.request.contentType.map { String(decoding: $0, as: UTF8.self) },
            body: body,
            person: visitor.principal.person,
            decision: decision
        )
        let number = self.requestNumber
        self.worker.ask(room, request) { [self] answer in
            guard self.requestNumber == number, self.phase == .suspended else { return }
            self.answer(answer)
            self.goOn()
        }
    }

    /// The gateway is about to stop: idle connections end now, others after their answer.
    func drain() {
        if self.phase == .head, self.input.readableBytes == 0 { self.close() }
    }

    /// Answers up to this size are copied behind their head, in bytes.
    private static let worthCopying = 8_192
    /// From how many body bytes on the end of an exchange is recorded too.
    static let longExchange: UInt64 = 1 << 20
    private static let droppedFromAnswers = FieldSet.hopByHop.union(FieldSet([.reserved]))
    /// What described the whole list does not describe what is left of it.
    private static let droppedWhenFiltered = FieldSet.hopByHop.union(FieldSet([.reserved, .contentEncoding]))
}
