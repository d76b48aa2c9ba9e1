/// What a token is good for: actions at services.
///
/// It only ever narrows what its owner may do.
///
///     let scope = try TokenScope(["mlflow:read", "mlflow:list"])
///     scope.covers("write", service: "mlflow", kind: "experiment")  // false, whatever the owner may do
///
/// `*` stands for every service or every action: `mlflow:*`, `*:read`. Nothing covers tokens themselves: who could make a
/// token with a token could outlive its end and shed its scope.
package struct TokenScope: Hashable, Sendable {
    /// One action at one service.
    package struct Item: Hashable, Sendable, Comparable {
        /// The service's name; `*` for all.
        package let service: String
        /// The action; `*` for all.
        package let action: String

        /// As it is written.
        package var text: String { "\(self.service):\(self.action)" }

        package static func < (one: Item, other: Item) -> Bool { one.text < other.text }
    }

    /// The items, each once, in the order of their text.
    package let items: [Item]

    /// The kinds of things that no token reaches, at whatever service.
    package static let neverCovered: Set<String> = [
        TokenThings.own, TokenThings.all, "policy-revisions", "catalog-entry",
    ]

    /// The most items that a scope has.
    package static let maximumItems = 32

    /// Reads items.
    ///
    ///     item = ( name / "*" ) ":" ( name / "*" )
    ///     name = 1*64( a-z / A-Z / 0-9 / "-" / "." / "_" )
    ///
    /// - Throws: ``TokenScopeError`` for the first that is not one; also for none at all, since a token without a scope would be
    ///   good for nothing or for everything, and nobody could tell which was meant.
    package init(_ texts: [String]) throws(TokenScopeError) {
        var items: Set<Item> = []
        for text in texts {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy(Self.isName) else { throw .malformed(String(text.prefix(200))) }
            items.insert(Item(service: String(parts[0]), action: String(parts[1])))
        }
        guard !items.isEmpty else { throw .empty }
        guard items.count <= Self.maximumItems else { throw .tooMany(items.count) }
        self.items = items.sorted()
    }

    /// Makes sure that each name means something here.
    ///
    /// - Throws: ``TokenScopeError`` for the first that doesn't: a misspelt service would make a token that fails for ever,
    ///   and the name may one day be given to something else.
    package func check(services: Set<String>, actions: Set<String>) throws(TokenScopeError) {
        for item in self.items {
            guard item.service == "*" || services.contains(item.service) else {
                throw .unknownService(item.service, known: services.sorted())
            }
            guard item.action == "*" || actions.contains(item.action) else {
                throw .unknownAction(item.action, known: actions.sorted())
            }
        }
    }

    /// Whether it is good for an action on a kind of thing at a service.
    package func covers(_ action: String, service: String, kind: String) -> Bool {
        guard !Self.neverCovered.contains(kind) else { return false }
        return self.items.contains { item in
            (item.service == "*" || item.service == service) && (item.action == "*" || item.action == action)
        }
    }

    /// Items as they are stored: with a space between them.
    package var text: String { self.items.map(\.text).joined(separator: " ") }

    private static func isName(_ text: Substring) -> Bool {
        if text == "*" { return true }
        return (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { octet in
                switch octet {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

/// What tokens are to policies: two kinds of things at the console.
package enum TokenThings {
    /// The asker's own tokens.
    package static let own = "own-tokens"
    /// Everybody's.
    package static let all = "all-tokens"
}

/// Why a scope was not taken.
package enum TokenScopeError: Error, Hashable, CustomStringConvertible {
    /// There is none.
    case empty
    /// There are more items than ``TokenScope/maximumItems``.
    case tooMany(Int)
    /// An item is not of the form `service:action`.
    case malformed(String)
    /// No service of this gateway has the name.
    case unknownService(String, known: [String])
    /// No action of the policies has the name.
    case unknownAction(String, known: [String])

    /// One line for people: what was found, and what was expected.
    package var description: String {
        switch self {
        case .empty: "found no scope, expected at least one item such as `mlflow:read`"
        case .tooMany(let count):
            "found \(count) items in the scope, expected at most \(TokenScope.maximumItems); `*` stands for all services or all actions"
        case .malformed(let text): "found `\(text)` in the scope, expected `service:action` such as `mlflow:read`"
        case .unknownService(let name, let known):
            "unknown service `\(name)` in the scope, expected `*` or one of: \(known.joined(separator: ", "))"
        case .unknownAction(let name, let known):
            "unknown action `\(name)` in the scope, expected `*` or one of: \(known.joined(separator: ", "))"
        }
    }
}
