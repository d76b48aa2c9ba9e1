import DecisionLog
import Governance
import PolicyDecision

/// Access tokens: everybody's own, and for officers everybody's.
///
/// Whether somebody may is decided by policies before this is reached, as a question about `own-tokens` or `all-tokens`; no token covers either.
/// Each making and taking back is an entry of the decision log besides, naming the decision that let it happen:
/// who it was stands there, under that person's key.
extension Console {
    /// `POST /.stile/api/tokens` with `{"name": …, "days": …, "scope": ["mlflow:read", …]}`: a token of the asker's.
    ///
    /// The answer is the only time that the token is shown.
    func createToken(_ request: ConsoleRequest, in office: TokenOffice) async throws -> ConsoleAnswer {
        let order: TokenOrder
        do throws(Orders.Problem) {
            order = try Orders.read(
                TokenOrder.self,
                from: request,
                example: "{\"name\": \"nightly job\", \"days\": 90, \"scope\": [\"mlflow:read\"]}"
            )
        } catch {
            return error.answer
        }
        do {
            let scope = try TokenScope(order.scope)
            try scope.check(services: office.services, actions: self.policies().actions)
            let draft = try office.desk.draft(
                for: request.asker.owner,
                name: order.name,
                days: order.days,
                scope: scope
            )
            // No entry, no token: it is written down before it opens anything.
            let isRecorded = await office.record(
                LogEvent.tokenCreated,
                [
                    "token": .string(draft.record.id.description),
                    "scope": .array(scope.items.map { .string($0.text) }),
                    "expires": .string(Self.time(draft.record.expires)),
                    "decision": .string(request.decision),
                ]
            )
            guard isRecorded else { return .problem(503, "the token could not be written into the decision log") }
            try await office.desk.issue(draft)
            var document = TokenDocument(draft.record, now: draft.record.created)
            document.token = draft.token.text
            return .json(document, status: 201)
        } catch let error as TokenScopeError {
            return .problem(400, error.description)
        } catch let error as TokenRefusal {
            return Self.answer(error)
        }
    }

    /// `GET /.stile/api/tokens`: the asker's own.
    ///
    /// And `GET /.stile/api/tokens/all`: everybody's, or with `person` one person's; with `ended=true` also those that open nothing.
    func listTokens(
        of owner: String?,
        _ parameters: inout QueryParameters,
        in office: TokenOffice
    ) async throws -> ConsoleAnswer {
        let person = owner == nil ? parameters.text("person") : nil
        let withDead = try parameters.value("ended", expected: "`true` or `false`") { Bool($0) } ?? false
        try parameters.finish()
        do {
            let now = self.now().seconds
            let tokens = try await office.desk.tokens(of: owner).filter { token in
                (withDead || token.isGood(at: now)) && (person == nil || token.ownerName == person?.lowercased())
            }
            return .json(TokensDocument(tokens: tokens.map { TokenDocument($0, now: now) }))
        } catch {
            return Self.answer(error)
        }
    }

    /// `DELETE /.stile/api/tokens/ID`: takes one of the asker's own back.
    ///
    /// And `DELETE /.stile/api/tokens/all/ID`: anybody's. When it has answered, no request is let through on the token; asked again, it answers the same.
    func revokeToken(
        _ id: TokenID,
        of owner: String?,
        _ request: ConsoleRequest,
        in office: TokenOffice
    ) async throws -> ConsoleAnswer {
        do {
            let revoked = try await office.desk.revoke(id, of: owner, by: request.asker.owner.id)
            guard let token = revoked else {
                return .problem(404, "no token `\(id)`\(owner == nil ? "" : " of yours")")
            }
            await office.forget(id)
            let isRecorded = await office.record(
                LogEvent.tokenRevoked,
                ["token": .string(id.description), "decision": .string(request.decision)]
            )
            guard isRecorded else {
                return .problem(503, "the token is taken back, and that could not be written into the decision log")
            }
            return .json(TokenDocument(token, now: self.now().seconds))
        } catch {
            return Self.answer(error)
        }
    }

    private static func answer(_ refusal: TokenRefusal) -> ConsoleAnswer {
        switch refusal {
        case .malformedName, .lifetime: .problem(400, refusal.description)
        case .tooMany: .problem(409, refusal.description)
        case .store: .problem(503, refusal.description)
        }
    }

    static func time(_ seconds: Int64) -> String { Timestamp(microseconds: seconds * 1_000_000).description }
}

/// What somebody wants a token to be.
private struct TokenOrder: Decodable {
    var name: String
    var days: Int
    var scope: [String]
}

/// A token as it goes over the wire.
private struct TokenDocument: Encodable {
    /// The token itself: once, when it is made.
    var token: String?
    var id: String
    var owner: String
    var name: String
    var scope: [String]
    var state: String
    var created: String
    var expires: String
    var lastUsed: String?
    var revoked: String?

    init(_ record: TokenRecord, now: Int64) {
        self.id = record.id.description
        self.owner = record.ownerName
        self.name = record.name
        self.scope = record.scope.items.map(\.text)
        self.state = record.revocation != nil ? "revoked" : record.isGood(at: now) ? "good" : "expired"
        self.created = Console.time(record.created)
        self.expires = Console.time(record.expires)
        self.lastUsed = record.lastUsed.map(Console.time)
        self.revoked = record.revocation.map { Console.time($0.time) }
    }
}

/// Tokens as they go over the wire.
private struct TokensDocument: Encodable {
    var tokens: [TokenDocument]
}
