import Catalog
import Foundation
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
    case policyHistory
    case policyFiles(String)
    case proposePolicies
    case approvePolicies(String)
    case ownGrants
    case allGrants
    case giveGrant(entry: String)
    case withdrawGrant(GrantID, entry: String)

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
        case ("GET", Self.policies): self = .policyHistory
        case ("POST", Self.policies): self = .proposePolicies
        case ("GET", Self.grants): self = .ownGrants
        case ("GET", Self.grants + "/all"): self = .allGrants
        case ("GET", _):
            guard let name = Self.revision(Self.rest(of: path, below: Self.policies)) else { return nil }
            self = .policyFiles(name)
        case ("POST", _):
            let approved = Self.rest(of: path, below: Self.policies)
            if let approved, approved.hasSuffix("/approve"), PolicyDigest.isName(approved.dropLast(8)) {
                self = .approvePolicies(String(approved.dropLast(8)))
            } else if let entry = Self.entry(Self.rest(of: path, below: Self.grants)) {
                self = .giveGrant(entry: entry)
            } else {
                return nil
            }
        case ("DELETE", _):
            if let grant = Self.grant(Self.rest(of: path, below: Self.grants)) {
                self = .withdrawGrant(grant.id, entry: grant.entry)
            } else if let id = Self.token(path, below: Self.tokens + "/all/") {
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
        var entry: String?
        let (action, kind): (String, String) =
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
            case .policyHistory, .policyFiles: ("read", "policy-revisions")
            case .proposePolicies: ("create", "policy-revisions")
            case .approvePolicies: ("administer", "policy-revisions")
            case .ownGrants: ("list", "own-grants")
            case .allGrants: ("list", "all-grants")
            case .giveGrant, .withdrawGrant: ("administer", ResourceReference.entryKind)
            }
        switch self {
        case .giveGrant(let named), .withdrawGrant(_, let named): entry = named
        default: break
        }
        return Question(action: action, resource: ResourceReference(service: Console.service, kind: kind, id: entry))
    }

    /// What the revision in force is called in a path.
    static let inForce = "in-force"

    static let policies = "/.stile/api/policies"
    private static let grants = "/.stile/api/grants"

    private static func rest(of path: String, below folder: String) -> Substring? {
        path.hasPrefix(folder + "/") ? path.dropFirst(folder.count + 1) : nil
    }

    private static func revision(_ text: Substring?) -> String? {
        guard let text, text == Self.inForce || PolicyDigest.isName(text) else { return nil }
        return String(text)
    }

    /// An id of the catalogue as one step of a path; nothing in it means more than itself.
    private static func entry(_ text: Substring?) -> String? {
        guard let text, !text.isEmpty, !text.contains("/"), let id = String(text).removingPercentEncoding,
            (1...200).contains(id.utf8.count)
        else { return nil }
        return id
    }

    private static func grant(_ text: Substring?) -> (id: GrantID, entry: String)? {
        let parts = text?.split(separator: "/", omittingEmptySubsequences: false) ?? []
        guard parts.count == 2, let entry = Self.entry(parts[0]), let id = GrantID(parts[1]) else { return nil }
        return (id, entry)
    }

    private static let tokens = "/.stile/api/tokens"

    private static func token(_ path: String, below folder: String) -> TokenID? {
        path.hasPrefix(folder) ? TokenID(path.dropFirst(folder.count)) : nil
    }
}
