import HTTP1
import NIOCore
import Profiles

/// Answers that are held until they are complete, and cut down to what the person may see.
extension ClientConnection {
    func collect(_ data: ByteBuffer) {
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
    func applyFilter() {
        guard let filtering = self.exchange.filtering, let visitor = self.enforcement.visitor,
            let service = self.request.service
        else { return }
        let sight = self.worker.sight
        let outcome = filtering.filter.apply(to: filtering.body, known: filtering.facts) { question in
            sight.permits(question, to: visitor, self.request)
        }
        switch outcome {
        case .filtered(let body, _):
            self.gather(body, filtering)
        case .failed(let failure):
            self.failFiltering(failure.description)
        case .needsMetadata(let queries):
            // What is known already and asked for again would be asked for ever.
            guard queries.contains(where: { filtering.facts[$0] == nil }) else {
                self.failFiltering("the answer could not be understood")
                return
            }
            let unknown = sight.recall(queries, at: service, into: &filtering.facts)
            filtering.lookUps += unknown.count
            guard filtering.lookUps <= filtering.filter.maximumLookUps else {
                self.failFiltering("the answer would need too many look-ups, ask for fewer at a time")
                return
            }
            guard !unknown.isEmpty else {
                self.applyFilter()
                return
            }
            self.phase = .suspended
            self.deadline = self.worker.after(self.worker.waits.lookUps)
            let number = self.requestNumber
            self.worker.lookUp(unknown, at: service) { [self] answers in
                guard self.requestNumber == number, self.phase == .suspended else { return }
                for (query, fact) in answers { self.exchange.filtering?.facts[query] = fact }
                self.applyFilter()
                self.goOn()
            }
        }
    }

    /// A page of the service is cut down: it is the answer, or one of the pages that the answer is gathered from.
    private func gather(_ body: [UInt8], _ filtering: FilteredAnswerInProgress) {
        guard filtering.gathering != nil else {
            self.sendFiltered(body, head: filtering.head)
            return
        }
        do throws(FilterFailure) {
            switch try filtering.gathering?.take(body) {
            case .complete(let page): self.sendFiltered(page, head: filtering.head)
            case .more(let request):
                filtering.page = request
                filtering.body.removeAll(keepingCapacity: true)
                filtering.lookUps = 0
                self.ask(for: request)
            case nil: self.failFiltering("the answer could not be understood")
            }
        } catch {
            self.failFiltering(error.description)
        }
    }

    /// Asks the upstream for the next page, as the person whose request this is.
    private func ask(for page: ListPages.Request) {
        guard let service = self.request.service, let upstream = service.upstream,
            let pool = self.worker.pool(of: service)
        else { return }
        if let body = page.body { self.exchange.heldBody = ByteBuffer(bytes: body) }
        self.writeForwardHead(to: service, upstream)
        self.phase = .connecting
        self.exchange.isRequestSent = false
        self.deadline = self.worker.after(pool.waits.connect) + pool.waits.responseHead
        pool.connection(for: .client(self, request: self.requestNumber))
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

    func failFiltering(_ reason: String) {
        self.exchange.filtering = nil
        let upstream = self.upstream
        self.upstream = nil
        upstream?.abandon()
        self.failAfterRecord(.unfiltered(reason))
        self.goOn()
    }
}
