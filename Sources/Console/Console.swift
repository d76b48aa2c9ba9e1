package import Catalog
package import DecisionLog
package import Governance
package import PolicyDecision

/// The console's API: what auditors and officers ask through the gateway.
///
/// It has no front door of its own. The gateway authenticates each request, decides the ``question(method:path:)`` it asks,
/// records the decision, and only then calls ``answer(_:)``: reading the log is itself in the log.
package struct Console: Sendable {
    /// The name of the console among the services, in catalogue, policies and records.
    package static let service = "console"

    let index: any DecisionIndex
    let log: DecisionLog?
    let forget: @Sendable (String) async -> Void
    let recorded: @Sendable () -> UInt64
    let policies: @Sendable () -> PolicyInForce
    let tokens: TokenOffice?
    let publishing: PolicyDesk?
    let grants: GrantOffice?
    let now: @Sendable () -> Timestamp

    /// Puts the console together.
    ///
    /// - Parameters:
    ///   - index: What queries are answered from.
    ///   - log: The log itself, for whole records, receipts and erasing; without it those are answered 503.
    ///   - forget: Makes the gateway forget what it remembers of a person, by their stable id.
    ///   - recorded: How many entries the log holds now, so that an answer can say how far the index lags.
    ///   - policies: The policies in force now.
    ///   - tokens: Where access tokens are given out; `nil` when none are.
    ///   - publishing: Where revisions of the policies are published; `nil` when they come from a folder.
    ///   - grants: Where grants are given; `nil` when none are.
    ///   - now: The time.
    package init(
        index: any DecisionIndex,
        log: DecisionLog? = nil,
        forget: @escaping @Sendable (String) async -> Void = { _ in },
        recorded: @escaping @Sendable () -> UInt64,
        policies: @escaping @Sendable () -> PolicyInForce,
        tokens: TokenOffice? = nil,
        publishing: PolicyDesk? = nil,
        grants: GrantOffice? = nil,
        now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        self.index = index
        self.log = log
        self.forget = forget
        self.recorded = recorded
        self.policies = policies
        self.tokens = tokens
        self.publishing = publishing
        self.grants = grants
        self.now = now
    }

    /// What a request asks for; `nil` for what the console does not have.
    package static func question(method: String, path: String) -> Question? {
        ConsoleRoute(method: method, path: path)?.question
    }

    /// Where revisions are proposed.
    package static let proposingPath = ConsoleRoute.policies

    /// Answers a request that was allowed and recorded.
    package func answer(_ request: ConsoleRequest) async -> ConsoleAnswer {
        guard let route = ConsoleRoute(method: request.method, path: request.path) else {
            return .problem(404, "there is nothing at `\(request.path)`")
        }
        do {
            var parameters = try QueryParameters(request.query)
            switch route {
            case .decisions: return try await self.decisions(&parameters)
            case .counts: return try await self.counts(&parameters)
            case .export: return try await self.export(&parameters)
            case .receipt: return try await self.receipt(&parameters, for: nil)
            case .erase: return try await self.erase(&parameters, body: request.body)
            case .own: return try await self.ownDecisions(&parameters, of: request.asker.owner.id)
            case .ownReceipt: return try await self.receipt(&parameters, for: request.asker.owner.id)
            case .queue: return try await self.queue(&parameters)
            case .ownTokens, .createToken, .revokeOwnToken, .allTokens, .revokeAnyToken:
                guard let office = self.tokens else { return .problem(404, "this gateway gives out no tokens") }
                return try await self.tokens(route, request, &parameters, in: office)
            case .policyHistory, .policyFiles, .proposePolicies, .approvePolicies:
                try parameters.finish()
                guard let desk = self.publishing else { return Self.withoutPublishing }
                return await self.policies(route, request, at: desk)
            case .ownGrants, .allGrants, .giveGrant, .withdrawGrant:
                guard let office = self.grants else { return .problem(404, "this gateway gives no grants") }
                return try await self.grants(route, request, &parameters, in: office)
            }
        } catch let error as QueryParameters.Malformed {
            return .problem(400, error.description)
        } catch let error as LogFailure {
            return .problem(503, "the log cannot be read now: \(error)")
        } catch {
            return .problem(503, "the index cannot answer now: \(error)")
        }
    }

    private func policies(_ route: ConsoleRoute, _ request: ConsoleRequest, at desk: PolicyDesk) async -> ConsoleAnswer
    {
        switch route {
        case .policyFiles(let name): await self.policyFiles(called: name, at: desk)
        case .proposePolicies: await self.proposePolicies(request, at: desk)
        case .approvePolicies(let name): await self.approvePolicies(name, request, at: desk)
        default: await self.policyHistory(at: desk)
        }
    }

    private func grants(
        _ route: ConsoleRoute,
        _ request: ConsoleRequest,
        _ parameters: inout QueryParameters,
        in office: GrantOffice
    ) async throws -> ConsoleAnswer {
        switch route {
        case .ownGrants: return try await self.listGrants(of: request.asker.owner.id, &parameters, in: office)
        case .allGrants: return try await self.listGrants(of: nil, &parameters, in: office)
        default: try parameters.finish()
        }
        switch route {
        case .withdrawGrant(let id, let entry): return await self.withdrawGrant(id, for: entry, request, in: office)
        case .giveGrant(let entry): return await self.giveGrant(for: entry, request, in: office)
        default: return .problem(404, "there is nothing at `\(request.path)`")
        }
    }

    private func tokens(
        _ route: ConsoleRoute,
        _ request: ConsoleRequest,
        _ parameters: inout QueryParameters,
        in office: TokenOffice
    ) async throws -> ConsoleAnswer {
        let own = request.asker.owner.id
        switch route {
        case .ownTokens: return try await self.listTokens(of: own, &parameters, in: office)
        case .allTokens: return try await self.listTokens(of: nil, &parameters, in: office)
        default: try parameters.finish()
        }
        switch route {
        case .revokeOwnToken(let id): return try await self.revokeToken(id, of: own, request, in: office)
        case .revokeAnyToken(let id): return try await self.revokeToken(id, of: nil, request, in: office)
        default: return try await self.createToken(request, in: office)
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
    /// The media type of the body.
    package var contentType: String?
    /// The body, whole.
    package var body: [UInt8]
    /// Who asks.
    package var asker: Asker
    /// The id of the decision that let the request in.
    package var decision: String

    /// Who asks.
    package struct Asker: Sendable {
        /// The person, as the owner of what they make.
        package var owner: TokenOwner

        package init(id: String, name: String) {
            self.owner = TokenOwner(id: id, name: name)
        }
    }

    /// Describes a request.
    package init(
        method: String,
        path: String,
        query: String? = nil,
        contentType: String? = nil,
        body: [UInt8] = [],
        asker: Asker,
        decision: String
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.contentType = contentType
        self.body = body
        self.asker = asker
        self.decision = decision
    }
}
