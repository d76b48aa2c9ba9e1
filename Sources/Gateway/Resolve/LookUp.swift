import HTTP1
import NIOCore
import Profiles

/// One question to an upstream, asked with Stile's own credential, whose answer only the profile reads.
///
/// Confined to its event loop.
final class LookUp {
    let service: Service
    let query: MetadataQuery
    private let pool: UpstreamPool
    /// Called once with what the answer says.
    private var completion: ((Fact) -> Void)?
    private var status = 0
    private var answer: [UInt8] = []
    private var isTooLong = false
    private var attempts = 0

    init(_ query: MetadataQuery, of service: Service, over pool: UpstreamPool, completion: @escaping (Fact) -> Void) {
        self.query = query
        self.service = service
        self.pool = pool
        self.completion = completion
    }

    /// Asks.
    func start() {
        self.pool.worker.counters.lookUps &+= 1
        self.pool.connection(for: .lookUp(self))
    }

    /// Asks once more over a new connection, when a kept one turned out to be closed; `false` if that was tried already.
    func tryAgain() -> Bool {
        guard self.attempts < 2 else { return false }
        self.pool.worker.counters.upstreamRetries &+= 1
        self.pool.connection(for: .lookUp(self), fresh: true)
        return true
    }

    /// The connection is there.
    func begin(on connection: UpstreamConnection) {
        self.attempts += 1
        self.answer.removeAll()
        connection.begin(for: self, method: self.query.method.wire)
        var request = ByteBuffer()
        let target = Array(self.query.target.utf8)
        request.writeRequestLine(method: Array(self.query.method.rawValue.utf8).span, target: target.span)
        request.write(self.service.fixedFields)
        if case .preserve? = self.service.upstream?.hostField { request.write("host: localhost\r\n") }
        request.write("accept: application/json\r\n")
        if let body = self.query.body {
            request.write("content-type: application/json\r\n")
            request.writeField("content-length", body.utf8.count)
            request.writeEndOfHead()
            request.writeString(body)
        } else {
            request.writeEndOfHead()
        }
        connection.sendNow(request)
    }

    /// The answer's head has come.
    func answerBegins(status: Int) {
        self.status = status
    }

    /// A piece of the answer has come.
    func answerContinues(_ data: ByteBuffer) {
        guard self.answer.count + data.readableBytes <= MetadataQuery.answerLimit else {
            self.isTooLong = true
            return
        }
        self.answer.append(contentsOf: data.readableBytesView)
    }

    /// The answer is complete.
    func answerEnds() {
        guard !self.isTooLong, let profile = self.service.profile else {
            self.complete(.unknown(status: self.status))
            return
        }
        self.complete(profile.fact(answering: self.query, status: self.status, body: self.answer))
    }

    /// There will be no answer.
    func failed() {
        self.complete(.unknown(status: 0))
    }

    private func complete(_ fact: Fact) {
        let completion = self.completion
        self.completion = nil
        completion?(fact)
    }
}

extension ProfileRequest.Method {
    /// The method as the wire format knows it.
    var wire: Method {
        switch self {
        case .get: .get
        case .head: .head
        case .post: .post
        case .put: .put
        case .patch: .patch
        case .delete: .delete
        }
    }

    /// The method of a request; `nil` for one that no profile knows.
    init?(_ method: Method) {
        switch method {
        case .get: self = .get
        case .head: self = .head
        case .post: self = .post
        case .put: self = .put
        case .patch: self = .patch
        case .delete: self = .delete
        case .options, .trace, .connect, .other: return nil
        }
    }
}
