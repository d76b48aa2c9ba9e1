import DecisionLog
import Foundation

extension Console {
    /// `POST /.stile/api/decisions/erase` with `{"person": "…"}`: destroys a person's keys, by stable id or login name.
    ///
    /// Every leaf stays and proves what it proved; who it was about cannot be read any more, by anybody. The decision to
    /// let this happen is in the log before it does, and the log says that it happened, without saying to whom.
    func erase(_ parameters: inout QueryParameters, body: [UInt8]) async throws -> ConsoleAnswer {
        guard let log = self.log else { return Self.withoutLog }
        try parameters.finish()
        struct Order: Decodable { var person: String }
        guard let order = try? JSONDecoder().decode(Order.self, from: Data(body)), !order.person.isEmpty else {
            throw QueryParameters.Malformed(description: #"expected a body of the form {"person": "anna"}"#)
        }
        // Those whom nobody recognised are erased by the day; a day that is not over still needs its key.
        if order.person.hasPrefix("day:"), order.person >= "day:\(self.now().day)" {
            return .problem(409, "found `\(order.person)`, expected a day that is over")
        }
        let persons = try await self.persons(called: order.person)
        guard persons.count == 1, let person = persons.first else {
            return persons.isEmpty
                ? .problem(404, "the log knows nobody called `\(order.person)`")
                : .problem(
                    409,
                    "`\(order.person)` was the name of several people; name one by stable id: "
                        + persons.sorted().joined(separator: ", ")
                )
        }
        let keys = try await Self.reading { () throws(LogFailure) in try log.erase(person: person) }
        // Whoever asks next under this name gets a fresh key; what the gateway remembers has the destroyed one.
        await self.forget(person)
        return .json(Erased(person: person, keys: keys))
    }

    private struct Erased: Encodable {
        var person: String
        var keys: Int
    }

    /// The stable ids of the people with an id or a login name.
    private func persons(called name: String) async throws -> Set<String> {
        if self.log?.knows(person: name) == true { return [name] }
        var query = DecisionQuery()
        query.person = name
        let page = try await self.index.page(query, order: .newestFirst, after: nil, limit: 1_000)
        return Set(page.rows.compactMap(\.person?.id).filter { self.log?.knows(person: $0) == true })
    }
}
