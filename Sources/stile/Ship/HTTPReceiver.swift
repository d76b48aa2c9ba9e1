import DecisionLog
import Dispatch
import Foundation
import NIOCore
import NIOSSL
import Synchronization

/// Somebody who takes messages by POST: JSON Lines, or OTLP over HTTP.
///
/// What is answered 2xx was taken.
final class HTTPReceiver: ShipReceiver {
    private let call: HTTPCall
    private let type: String
    private let deadline: TimeAmount

    /// - Parameters:
    ///   - url: Where to, with path and query.
    ///   - isWhole: Whether each message is a request of its own (OTLP), and not a line of one.
    ///   - tls: `nil` for plain HTTP.
    ///   - authorization: The value of `Authorization`, if there is one.
    ///   - deadline: How long one delivery may take.
    init(
        url: URL,
        isWhole: Bool,
        tls: NIOSSLContext?,
        authorization: String?,
        deadline: TimeAmount = .seconds(30)
    ) {
        let path = url.path(percentEncoded: true)
        let query = url.query(percentEncoded: true).map { "?\($0)" } ?? ""
        var call = HTTPCall(method: "POST", url: url, target: (path.isEmpty ? "/" : path) + query, tls: tls)
        if let authorization { call.fields.append(("authorization", authorization)) }
        self.call = call
        self.type = isWhole ? "application/json" : "application/x-ndjson"
        self.deadline = deadline
    }

    func deliver(_ messages: [String]) throws(ShipFailure) {
        let isWhole = self.type == "application/json"
        let bodies = isWhole ? messages : [messages.map { $0 + "\n" }.joined()]
        for body in bodies {
            var call = self.call
            call.body = (self.type, Array(body.utf8))
            let answer = try self.answer(to: call)
            guard (200...299).contains(answer.status) else {
                throw ShipFailure("\(call.url) answered \(answer.status)")
            }
        }
    }

    func close() {}

    /// Waits for the answer; a shipper's thread has nothing else to do.
    private func answer(to call: HTTPCall) throws(ShipFailure) -> HTTPCall.Answer {
        let done = DispatchSemaphore(value: 0)
        let box = Box()
        let deadline = self.deadline
        Task {
            do {
                let answer = try await call.answer(deadline: deadline)
                box.result.withLock { $0 = .success(answer) }
            } catch {
                box.result.withLock { $0 = .failure(ShipFailure("\(error)")) }
            }
            done.signal()
        }
        done.wait()
        guard let found = box.result.withLock({ $0 }) else { throw ShipFailure("no answer") }
        return try found.get()
    }

    private final class Box: Sendable {
        let result = Mutex<Result<HTTPCall.Answer, ShipFailure>?>(nil)
    }
}
