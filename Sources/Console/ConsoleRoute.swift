import Catalog
import Governance

/// What the console has: a method and a path, and the question that they ask.
enum ConsoleRoute: Hashable {
    case decisions
    case counts
    case export
    case receipt
    case erase
    case own
    case ownReceipt
    case queue
    case ownTokens
    case createToken
    case revokeOwnToken(TokenID)
    case allTokens
    case revokeAnyToken(TokenID)

    /// Finds a route; `nil` for what the console does not have.
    init?(method: String, path: String) {
        switch (method, path) {
        case ("GET", "/.stile/api/decisions"): self = .decisions
        case ("GET", "/.stile/api/decisions/counts"): self = .counts
        case ("GET", "/.stile/api/decisions/export"): self = .export
        case ("GET", "/.stile/api/decisions/receipt"): self = .receipt
        case ("POST", "/.stile/api/decisions/erase"): self = .erase
        case ("GET", "/.stile/api/me/decisions"): self = .own
        case ("GET", "/.stile/api/me/receipt"): self = .ownReceipt
        case ("GET", "/.stile/api/review/queue"): self = .queue
        case ("GET", Self.tokens): self = .ownTokens
        case ("POST", Self.tokens): self = .createToken
        case ("GET", Self.tokens + "/all"): self = .allTokens
        case ("DELETE", _):
            if let id = Self.token(path, below: Self.tokens + "/all/") {
                self = .revokeAnyToken(id)
            } else if let id = Self.token(path, below: Self.tokens + "/") {
                self = .revokeOwnToken(id)
            } else {
                return nil
            }
        default: return nil
        }
    }

    /// What the route asks of the policies.
    var question: Question {
        let (action, kind) =
            switch self {
            case .decisions, .counts, .export, .receipt: ("read", "decision-log")
            case .erase: ("administer", "decision-log")
            case .own, .ownReceipt: ("read", "own-decisions")
            case .queue: ("read", "review-queue")
            case .ownTokens: ("list", TokenThings.own)
            case .createToken: ("create", TokenThings.own)
            case .revokeOwnToken: ("delete", TokenThings.own)
            case .allTokens: ("list", TokenThings.all)
            case .revokeAnyToken: ("delete", TokenThings.all)
            }
        return Question(action: action, resource: ResourceReference(service: Console.service, kind: kind))
    }

    private static let tokens = "/.stile/api/tokens"

    private static func token(_ path: String, below folder: String) -> TokenID? {
        path.hasPrefix(folder) ? TokenID(path.dropFirst(folder.count)) : nil
    }
}
