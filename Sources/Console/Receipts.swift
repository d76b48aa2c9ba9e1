import DecisionLog

extension Console {
    /// `GET …/decisions/receipt` and `GET …/me/receipt`: the proof that a decision is in the log.
    ///
    /// An auditor gets everything. The person whom a decision is about gets what they were told, and their own part; where
    /// a refusal withheld its reasons, they get the entry's hash and its proof, which bind the log without saying more.
    /// Parameter: `id`.
    ///
    /// - Parameters:
    ///   - parameters: The request's.
    ///   - person: Whose own receipt it is; `nil` for an auditor.
    /// - Returns: The receipt, or 404, or 503 when it is not sealed yet.
    /// - Throws: ``QueryParameters/Malformed``, or the failure of index or log.
    func receipt(_ parameters: inout QueryParameters, for person: String?) async throws -> ConsoleAnswer {
        guard let log = self.log else { return Self.withoutLog }
        let id = try parameters.value("id", expected: "a decision's id of 26 letters and digits") { DecisionID($0) }
        try parameters.finish()
        guard let id else {
            throw QueryParameters.Malformed(description: "found no `id`, expected the id of a decision")
        }
        // What is another's is answered like what is not there.
        let missing = ConsoleAnswer.problem(
            404,
            "no decision `\(id)` is searchable; one that was just recorded takes a second"
        )
        guard let row = try await self.index.find(id) else { return missing }
        let place = row.index
        if let person, row.person?.id != person { return missing }
        guard place < log.progress.sealed else {
            return .problem(503, "the decision `\(id)` is recorded, and not sealed yet; ask again in a second")
        }
        let isAuditor = person == nil
        let receipt = try await Self.reading { () throws(LogFailure) in
            guard !isAuditor else { return try log.receipt(at: place, showing: Set(LogPart.allCases)) }
            switch Self.disclosed(try log.content(at: place)) {
            case .everything: return try log.receipt(at: place, showing: [.person, .explanation])
            case .allowed: return try log.receipt(at: place, showing: [.person])
            case .fact, .conditions: return try log.receipt(at: place, showing: []).withoutLeaf
            }
        }
        return ConsoleAnswer(status: 200, contentType: "application/json", body: Array(receipt.json.text.utf8))
    }
}
