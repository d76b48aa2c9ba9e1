package import Catalog
package import DecisionLog
package import PolicyDecision

/// The console's API: what auditors and officers ask through the gateway.
///
/// It has no front door of its own. The gateway authenticates each request, decides the ``question(method:path:)`` it asks,
/// records the decision, and only then calls ``answer(_:)``: reading the log is itself in the log.
package struct Console: Sendable {
    /// The name of the console among the services, in catalogue, policies and records.
    package static let service = "console"

    let index: any DecisionIndex
    let recorded: @Sendable () -> UInt64
    let policies: @Sendable () -> PolicyInForce
    let now: @Sendable () -> Timestamp

    /// Puts the console together.
    ///
    /// - Parameters:
    ///   - index: What queries are answered from.
    ///   - recorded: How many entries the log holds now, so that an answer can say how far the index lags.
    ///   - policies: The policies in force now.
    ///   - now: The time.
    package init(
        index: any DecisionIndex,
        recorded: @escaping @Sendable () -> UInt64,
        policies: @escaping @Sendable () -> PolicyInForce,
        now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        self.index = index
        self.recorded = recorded
        self.policies = policies
        self.now = now
    }

    private enum Route: String {
        case decisions = "/.stile/api/decisions"
        case counts = "/.stile/api/decisions/counts"
        case queue = "/.stile/api/review/queue"
    }

    /// What a request asks for; `nil` for what the console does not have.
    package static func question(method: String, path: String) -> Question? {
        guard method == "GET", let route = Route(rawValue: path) else { return nil }
        let kind =
            switch route {
            case .decisions, .counts: "decision-log"
            case .queue: "review-queue"
            }
        return Question(action: "read", resource: ResourceReference(service: self.service, kind: kind))
    }

    /// Answers a request that was allowed and recorded.
    package func answer(_ request: ConsoleRequest) async -> ConsoleAnswer {
        guard request.method == "GET", let route = Route(rawValue: request.path) else {
            return .problem(404, "there is nothing at `\(request.path)`")
        }
        do {
            var parameters = try QueryParameters(request.query)
            switch route {
            case .decisions: return try await self.decisions(&parameters)
            case .counts: return try await self.counts(&parameters)
            case .queue: return try await self.queue(&parameters)
            }
        } catch let error as QueryParameters.Malformed {
            return .problem(400, error.description)
        } catch {
            return .problem(503, "the index cannot answer now: \(error)")
        }
    }
}

/// A request to the console, allowed and recorded.
package struct ConsoleRequest: Sendable {
    /// The method, as written.
    package var method: String
    /// The canonical path.
    package var path: String
    /// The query without its `?`.
    package var query: String?

    /// Describes a request.
    package init(method: String, path: String, query: String?) {
        self.method = method
        self.path = path
        self.query = query
    }
}
