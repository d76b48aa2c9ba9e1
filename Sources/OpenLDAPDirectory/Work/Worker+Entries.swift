import Directory

extension Worker {
    /// Asks as the gateway, page by page, and completes attributes that come in part.
    ///
    /// Where the configuration allows it, the question goes on to the servers that the answer names.
    func entries(
        _ request: SearchRequest,
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> [Entry] {
        var (entries, references) = try self.entriesAtHome(request, on: server, by: deadline)
        guard let referrals = self.configuration.referrals, !references.isEmpty else { return entries }
        // INVARIANT: each place is asked once and each step costs a hop, so servers that point at each other come to an end.
        var asked: Set<Place> = [Place(server: server, base: request.base, scope: request.scope)]
        for _ in 0..<referrals.hops {
            var further: [Reference] = []
            for reference in references {
                guard let place = self.place(of: reference, in: referrals), asked.insert(place).inserted else {
                    continue
                }
                var question = request
                question.base = place.base
                question.scope = place.scope
                let found: (entries: [Entry], references: [Reference])
                do throws(ConnectionFailure) {
                    found = try self.entriesAtHome(question, on: place.server, by: deadline)
                } catch {
                    // An answer without this part could hide a second hit or a ceiling; and the server that was asked first is well.
                    throw .notServing(
                        code: ResultCode.referral,
                        message: "the answer leads to `\(place.server)`: \(error)"
                    )
                }
                entries += found.entries.map { entry in
                    var entry = entry
                    entry.origin = place.server
                    return entry
                }
                further += found.references
            }
            references = further
            if references.isEmpty { break }
        }
        let left = references.compactMap { self.place(of: $0, in: referrals) }
        if let place = left.first(where: { !asked.contains($0) }) {
            throw .notServing(
                code: ResultCode.referral,
                message: "the answer leads to `\(place.server)` by more than \(referrals.hops) steps"
            )
        }
        return entries
    }

    /// A URL in an answer, and the question that it answered.
    private struct Reference {
        var url: String
        var base: String
        var scope: SearchRequest.Scope
    }

    /// Where a question is asked.
    private struct Place: Hashable {
        var server: ServerAddress
        var base: String
        var scope: SearchRequest.Scope
    }

    // Where a reference leads, if that is a server we may ask.
    private func place(of reference: Reference, in referrals: ReferralFollowing) -> Place? {
        guard let url = ReferralURL(reference.url), let server = referrals.servers.first(where: url.leads) else {
            return nil
        }
        return Place(
            server: server,
            base: url.base?.description ?? reference.base,
            scope: url.scope ?? reference.scope
        )
    }

    private func entriesAtHome(
        _ request: SearchRequest,
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> (entries: [Entry], references: [Reference]) {
        try self.asService(on: server, by: deadline) { line throws(ConnectionFailure) in
            let isPaged = request.scope == .subtree && line.facts.answersInPages && request.sizeLimit == 0
            var entries: [Entry] = []
            var references: [String] = []
            var cookie: [UInt8] = []
            pages: repeat {
                var page = request
                if isPaged { page.controls.append(.page(size: self.configuration.limits.page, cookie: cookie)) }
                let answer = try line.connection.search(page, by: self.operationDeadline(within: deadline))
                switch answer.result.code {
                case ResultCode.success: break
                // A base that is not there holds nothing; `stile check` complains about it.
                case ResultCode.noSuchObject: break pages
                case ResultCode.sizeLimitExceeded where request.sizeLimit > 0: break
                case ResultCode.referral where self.configuration.referrals != nil:
                    references += answer.result.referrals
                    break pages
                default: throw .notServing(code: answer.result.code, message: answer.result.description)
                }
                entries += answer.entries
                references += answer.references
                cookie = isPaged ? answer.result.controls.lazy.compactMap(\.pageCookie).first ?? [] : []
            } while !cookie.isEmpty
            let whole = try entries.map { entry throws(ConnectionFailure) in
                try self.completed(entry, on: line, by: deadline)
            }
            return (
                whole, references.map { Reference(url: $0, base: request.base, scope: request.scope) }
            )
        }
    }

    private func completed(
        _ entry: Entry,
        on line: borrowing Line,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> Entry {
        var entry = entry
        for range in entry.ranges {
            entry.values[range.attribute.text] = try Self.values(of: range.attribute, from: entry) {
                name throws(ConnectionFailure) in
                let request = SearchRequest(base: entry.dn, scope: .base, attributes: [name])
                return try line.connection.search(request, by: self.operationDeadline(within: deadline))
            }
        }
        return entry
    }

    /// Every value of an attribute that came in part: the rest is asked for by its range, until the server says `*` for its end.
    ///
    /// All or nothing: half of the values may be without the group that sets a limit.
    ///
    /// - Parameters:
    ///   - attribute: Without its range.
    ///   - entry: With the first part.
    ///   - ask: Reads an attribute with a range.
    /// - Returns: The values in the server's order.
    /// - Throws: What `ask` throws, and ``ConnectionFailure/notServing(code:message:)`` when a part is missing.
    ///
    /// Source: [MS-ADTS] 3.1.1.3.1.3.3.
    static func values(
        of attribute: AttributeName,
        from entry: Entry,
        asking ask: (AttributeName) throws(ConnectionFailure) -> SearchAnswer
    ) throws(ConnectionFailure) -> [[UInt8]] {
        var part = entry
        var values: [[UInt8]] = []
        while true {
            let before = values.count
            for (key, some) in part.values where key.hasPrefix("\(attribute);range=") { values += some }
            guard let range = part.ranges.first(where: { $0.attribute == attribute }) else {
                throw .notServing(code: ResultCode.other, message: "a part of `\(attribute)` is missing")
            }
            guard let end = range.end else { return values }
            // A part without values would be asked for again and again.
            guard values.count > before,
                let next = AttributeName("\(attribute);range=\(end + 1)-\(end + values.count - before)")
            else { throw .notServing(code: ResultCode.other, message: "a part of `\(attribute)` has no values") }
            let answer = try ask(next)
            guard answer.result.code == ResultCode.success, let found = answer.entries.first else {
                throw .notServing(code: answer.result.code, message: "a part of `\(attribute)` cannot be read")
            }
            part = found
        }
    }
}
