package import Governance

/// Something that holds for every store of governed state, whatever it keeps its rows in.
///
/// A store's tests open an empty store for each fact and check it:
///
///     @Test("A store keeps what it is given", arguments: StoreFact.all)
///     func facts(fact: StoreFact) async throws {
///         let seen = try await fact.check(try SQLiteGovernanceStore(path: …))
///         #expect(seen == nil, "\(fact.name)")
///     }
package struct StoreFact: Sendable, CustomStringConvertible {
    /// The fact, as a sentence.
    package let name: String
    /// Checks it on an empty store.
    ///
    /// - Returns: What was seen instead; `nil` when the fact holds.
    package let check: @Sendable (any GovernanceStore) async throws -> String?

    package var description: String { self.name }

    /// All of them.
    package static let all: [StoreFact] = [
        StoreFact(name: "what was added is found by its hash, field by field") { store in
            let token = try Self.token("anna", created: 100)
            guard try await store.add(token, limit: 5, now: 100) else { return "not added" }
            return Self.unless(try await store.token(token.hash), token)
        },
        StoreFact(name: "what was never added is not found") { store in
            _ = try await store.add(try Self.token("anna", created: 100), limit: 5, now: 100)
            return Self.unless(try await store.token(try Self.token("anna", created: 101).hash), nil)
        },
        StoreFact(name: "names and scopes come back as they went in, whatever characters they have") { store in
            let token = try Self.token("anna", created: 100, name: "Lučić's \"job\"; DROP TABLE tokens; -- \\ % _ 鉄 🏭")
            _ = try await store.add(token, limit: 5, now: 100)
            return Self.unless(try await store.token(token.hash), token)
        },
        StoreFact(name: "an owner has no more good tokens than the limit, and the others' do not count") { store in
            for created in Int64(0)..<3 {
                guard try await store.add(try Self.token("anna", created: created), limit: 3, now: 10) else {
                    return "refused token \(created)"
                }
            }
            guard try await store.add(try Self.token("ben", created: 0), limit: 3, now: 10) else {
                return "refused ben"
            }
            let fourth = try Self.token("anna", created: 9)
            guard try await !store.add(fourth, limit: 3, now: 10) else { return "took a fourth" }
            return Self.unless(try await store.token(fourth.hash), nil)
        },
        StoreFact(name: "tokens that were taken back or have ended make room") { store in
            let ended = try Self.token("anna", created: 0, expires: 50)
            let revoked = try Self.token("anna", created: 1)
            for token in [ended, revoked] { _ = try await store.add(token, limit: 2, now: 10) }
            guard try await !store.add(try Self.token("anna", created: 2), limit: 2, now: 49) else { return "at 49" }
            guard try await store.add(try Self.token("anna", created: 3), limit: 2, now: 50) else { return "at 50" }
            _ = try await store.revokeToken(revoked.id, of: nil, .init(time: 60, by: "eva"))
            let isAdded = try await store.add(try Self.token("anna", created: 4), limit: 2, now: 60)
            return isAdded ? nil : "refused after a revocation"
        },
        StoreFact(name: "of many at once for the last places, exactly as many as there are get one") { store in
            let added = try await withThrowingTaskGroup(of: Bool.self) { group in
                for created in Int64(0)..<20 {
                    group.addTask { try await store.add(try Self.token("anna", created: created), limit: 4, now: 10) }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            return Self.unless(added, 4)
        },
        StoreFact(name: "lists are newest first, of one owner or of all, and no longer than asked for") { store in
            for created in Int64(0)..<4 {
                _ = try await store.add(
                    try Self.token(created % 2 == 0 ? "anna" : "ben", created: created),
                    limit: 9,
                    now: 10
                )
            }
            let all = try await store.tokens(of: nil, limit: 10).map(\.created)
            let annas = try await store.tokens(of: "anna", limit: 10).map(\.created)
            let two = try await store.tokens(of: nil, limit: 2).map(\.created)
            let none = try await store.tokens(of: "carla", limit: 10).map(\.created)
            return Self.unless([all, annas, two, none], [[3, 2, 1, 0], [2, 0], [3, 2], []])
        },
        StoreFact(name: "taking back is by id and owner, keeps the first time and person, and is seen at once") {
            store in
            let token = try Self.token("anna", created: 100)
            _ = try await store.add(token, limit: 5, now: 100)
            let bens = try await store.revokeToken(token.id, of: "ben", .init(time: 150, by: "ben"))
            guard bens == nil, try await store.token(token.hash)?.revocation == nil else {
                return "ben took anna's back"
            }
            let first = try await store.revokeToken(token.id, of: "anna", .init(time: 200, by: "anna"))
            let second = try await store.revokeToken(token.id, of: nil, .init(time: 300, by: "eva"))
            var expected = token
            expected.revocation = .init(time: 200, by: "anna")
            return Self.unless([first, second, try await store.token(token.hash)], [expected, expected, expected])
        },
        StoreFact(name: "taking back what is not there finds nothing") { store in
            let token = try Self.token("anna", created: 100)
            return Self.unless(try await store.revokeToken(token.id, of: nil, .init(time: 1, by: "eva")), nil)
        },
        StoreFact(name: "what was taken back since a time is told, and nothing else") { store in
            let tokens = try (0..<3).map { try Self.token("anna", created: Int64($0)) }
            for token in tokens { _ = try await store.add(token, limit: 5, now: 10) }
            for (token, time) in zip(tokens, [Int64(20), 30]) {
                _ = try await store.revokeToken(token.id, of: nil, .init(time: time, by: "eva"))
            }
            let since = try await [20, 21, 30, 31].asyncMap { try await Set(store.tokensRevoked(since: $0, limit: 9)) }
            return Self.unless(since, [[tokens[0].id, tokens[1].id], [tokens[1].id], [tokens[1].id], []])
        },
        StoreFact(name: "of what was taken back no more is told than asked for, the latest first") { store in
            let tokens = try (0..<5).map { try Self.token("anna", created: Int64($0)) }
            for token in tokens {
                _ = try await store.add(token, limit: 9, now: 10)
                _ = try await store.revokeToken(token.id, of: nil, .init(time: 20 + token.created, by: "eva"))
            }
            return Self.unless(try await store.tokensRevoked(since: 0, limit: 2), [tokens[4].id, tokens[3].id])
        },
        StoreFact(name: "use is kept as the latest time, and use of what is not there is no failure") { store in
            let token = try Self.token("anna", created: 100)
            _ = try await store.add(token, limit: 5, now: 100)
            var seen: [Int64?] = [try await store.token(token.hash)?.lastUsed]
            for time in [Int64(7_200), 3_600, 10_800] {
                try await store.noteUse(of: token.id, at: time)
                seen.append(try await store.token(token.hash)?.lastUsed)
            }
            try await store.noteUse(of: try Self.token("ben", created: 1).id, at: 1)
            return Self.unless(seen, [nil, 7_200, 7_200, 10_800])
        },
    ]

    /// A token of a made-up person; two of the same owner and time are the same.
    package static func token(
        _ owner: String,
        created: Int64,
        expires: Int64 = 1_000_000,
        name: String = "job"
    ) throws -> TokenRecord {
        let seed = Array("\(owner)-\(created)".utf8)
        let octets = (0..<32).map { index in
            seed.reduce(UInt8(index)) { ($0 &* 31) ^ ($1 &+ UInt8(index)) }
        }
        return TokenRecord(
            hash: TokenHash(octets: octets),
            owner: owner,
            ownerName: owner,
            name: name,
            scope: try TokenScope(["mlflow:read", "*:list"]),
            created: created,
            expires: expires,
            seal: Array(repeating: UInt8(created & 0xFF), count: 32)
        )
    }

    private static func unless<Value: Equatable>(_ seen: Value, _ expected: Value) -> String? {
        seen == expected ? nil : "saw \(seen), expected \(expected)"
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
