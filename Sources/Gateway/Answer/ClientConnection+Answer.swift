import DecisionLog
import HTTP1
import NIOCore

/// Answer: what the client gets, from the upstream or from Stile itself.
extension ClientConnection {
    // MARK: - The upstream's answer

    /// The head of the upstream's answer has come.
    func answerBegins(_ response: AnswerHead, _ bytes: Span<UInt8>) {
        self.exchange.status = response.status
        if let filtering = self.exchange.filtering {
            if response.status == 200, self.head.method != .head {
                guard !response.fields.contains(.contentEncoding) else {
                    self.failFiltering("the service encoded a list although it was asked not to")
                    return
                }
                filtering.head.hold { written in
                    written.writeStatusLine(200, reason: bytes.extracting(response.reason))
                    self.copyAnswerFields(response, bytes, to: &written)
                }
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

        self.worker.scratch.hold { written in
            written.writeStatusLine(response.status, reason: bytes.extracting(response.reason))
            self.copyAnswerFields(response, bytes, to: &written)
            if let length = response.statedLength, response.body == .none {
                written.writeField("content-length", length)
            } else if self.exchange.answerFraming != .untilClose {
                let mayHaveBody = response.status != 204 && response.status != 304 && self.head.method != .head
                written.writeFraming(self.exchange.answerFraming, statingZero: mayHaveBody)
            }
        }
        if let token = self.exchange.negotiated { self.writeNegotiated(token) }
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
        if self.worker.scratch.readableBytes > 0 { self.sendScratch() } else { self.context?.flush() }
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
    func answerIsWritten() {
        if self.exchange.bytesUp &+ self.exchange.bytesDown >= Self.longExchange {
            self.recordEnd(status: self.exchange.status)
        }
        guard self.exchange.closesAfterAnswer else {
            self.flushAnswer()
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

    private func sendScratch() {
        self.send(self.worker.scratch)
        // Sent, mostly, and held by nobody else: it keeps its memory.
        self.worker.scratch.clear()
    }

    /// Sends what is written and then ends the connection in good order.
    private func sendAndLinger() {
        self.requestNumber &+= 1
        self.phase = .lingering
        self.deadline = self.worker.after(self.worker.waits.linger)
        guard let context = self.context else { return }
        let sent = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(self.wrapOutboundOut(self.worker.scratch), promise: sent)
        self.worker.scratch.clear()
        sent.futureResult.assumeIsolated().whenComplete { _ in
            if self.phase == .lingering { self.linger() }
        }
    }

    /// Source: RFC 9112, section 9.3.
    func writeConnectionField() {
        if self.exchange.closesAfterAnswer || self.worker.isDraining {
            self.exchange.closesAfterAnswer = true
            self.worker.scratch.write("connection: close\r\n")
        } else if self.head.version == .http10 {
            self.worker.scratch.write("connection: keep-alive\r\n")
        }
    }

    private func copyAnswerFields(_ response: AnswerHead, _ bytes: Span<UInt8>, to written: inout HeadRoom) {
        let isFiltered = self.exchange.filtering != nil
        var dropped = isFiltered ? Self.droppedWhenFiltered : Self.droppedFromAnswers
        let hasLocation = response.fields.contains(.location)
        if hasLocation { dropped.insert(FieldSet(.location)) }
        let hasCookies = response.fields.contains(.setCookie)
        if hasCookies { dropped.insert(FieldSet(.setCookie)) }
        if isFiltered {
            written.copyFields(response.fields, of: bytes, dropping: dropped, and: Self.namedWhenFiltered, false)
        } else {
            written.copyFields(response.fields, of: bytes, dropping: dropped)
        }
        guard hasLocation || hasCookies else { return }
        for index in 0..<response.fields.count {
            let value = bytes.extracting(response.fields[index].value)
            switch response.fields[index].name {
            case .location: self.writeLocation(value, to: &written)
            case .setCookie where !ForwardedFields.isOwnCookie(value):
                written.write("set-cookie: ")
                written.write(value)
                written.write("\r\n")
            default: continue
            }
        }
    }

    /// Makes a redirect within the upstream one within the mount, whether it names the upstream or only a path.
    private func writeLocation(_ location: Span<UInt8>, to written: inout HeadRoom) {
        written.write("location: ")
        let start = self.request.service?.pathStart(of: location) ?? 0
        let path = location.extracting(start..<location.count)
        let isPath = path.count > 0 && path[0] == UInt8(ascii: "/") && (path.count == 1 || path[1] != UInt8(ascii: "/"))
        if isPath, let mount = self.request.service?.mount {
            written.write(mount)
            written.write(path)
        } else {
            written.write(location)
        }
        written.write("\r\n")
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
    /// And it would tell by its changes of what was taken out.
    ///
    /// Source: RFC 9110, section 8.8; RFC 9530; RFC 3230.
    private static let namedWhenFiltered = [
        "etag", "last-modified", "accept-ranges", "content-digest", "repr-digest", "digest", "content-md5",
    ].map { Array($0.utf8) }
}
