import Console
import DecisionLog

/// What holds for every query of the log's API: nothing is guessed, and one meaning has one reading however it is escaped.
enum QueryLaws {
    private static let now = Timestamp(microseconds: 1_767_225_600_000_000)

    /// What was read of a query.
    private struct Meaning: Equatable {
        var query: DecisionQuery
        var order: QueryOrder
        var after: QueryCursor?
        var limit: Int
    }

    /// Checks one input.
    ///
    /// - Returns: The law that it breaks; `nil` when all hold.
    static func violation(by input: [UInt8]) -> String? {
        // A request's head is ASCII; anything else never gets here.
        guard input.count <= 2_048, input.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        let text = String(decoding: input, as: UTF8.self)
        guard let pairs = self.pairs(of: text) else {
            return (try? QueryParameters(text)) == nil ? nil : "a query is read that is not percent-encoded UTF-8"
        }
        guard var parameters = try? QueryParameters(text) else {
            let isRefusable = Set(pairs.map(\.name)).count < pairs.count || pairs.contains { $0.value.isEmpty }
            return isRefusable ? nil : "a query that can be read is refused"
        }
        if pairs.contains(where: { $0.value.isEmpty }) { return "a filter with nothing in it is passed over" }
        for (name, value) in pairs where !self.isSame(parameters.text(name) ?? "", value) {
            return "a parameter reads otherwise than it is written"
        }
        guard let meaning = self.meaning(of: text) else { return nil }
        guard (1...1_000).contains(meaning.limit) else { return "a page of \(meaning.limit) is given out" }
        if let after = meaning.after, QueryCursor(after.description) != after { return "a cursor does not read back" }
        let escaped = pairs.map { self.escaped($0.name) + "=" + self.escaped($0.value) }.reversed()
        guard self.meaning(of: escaped.joined(separator: "&")) == meaning else {
            return "a query has another meaning when it is escaped otherwise"
        }
        let known = pairs.map(\.name).contains("zz")
        return known || self.meaning(of: text + "&zz=1") == nil ? nil : "an unknown parameter is passed over"
    }

    private static func meaning(of text: String) -> Meaning? {
        guard var parameters = try? QueryParameters(text),
            let query = try? Console.query(&parameters, now: self.now),
            let place = try? Console.place(&parameters), (try? parameters.finish()) != nil
        else { return nil }
        return Meaning(query: query, order: place.order, after: place.after, limit: place.limit)
    }

    /// The same query, read in another way.
    private static func pairs(of text: String) -> [(name: String, value: String)]? {
        var pairs: [(name: String, value: String)] = []
        for pair in text.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = halves.map(self.decoded)
            guard let name = decoded[0], let value = decoded.count == 2 ? decoded[1] : "" else { return nil }
            pairs.append((name, value))
        }
        return pairs
    }

    private static func decoded(_ text: Substring) -> String? {
        var pieces = text.replacing("+", with: " ").split(separator: "%", omittingEmptySubsequences: false)
        var octets = Array(pieces.removeFirst().utf8)
        for piece in pieces {
            let digits = piece.prefix(2)
            guard digits.count == 2, digits.allSatisfy(\.isHexDigit), let octet = UInt8(digits, radix: 16) else {
                return nil
            }
            octets += [octet] + piece.dropFirst(2).utf8
        }
        return String(validating: octets, as: UTF8.self)
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let digits = String(byte, radix: 16)
            return "%" + (byte < 0x10 ? "0" + digits : digits)
        }.joined()
    }

    /// Octet by octet: to Swift, texts are the same that only look it.
    private static func isSame(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }
}
