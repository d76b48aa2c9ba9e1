import DecisionLog

extension Console {
    /// `GET /.stile/api/decisions/export`: whole records in a shape that other systems read, a page at a time, oldest first.
    ///
    /// Parameters: those of ``decisions(_:)``, and `format` (`jsonl`, `opa`, `ocsf`, `cef`, `syslog`, `otlp`).
    func export(_ parameters: inout QueryParameters) async throws -> ConsoleAnswer {
        guard let log = self.log else { return Self.withoutLog }
        let query = try Self.query(&parameters, now: self.now())
        let known = ExportFormat.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        let format =
            try parameters.value("format", expected: "one of \(known)") { ExportFormat(rawValue: $0) } ?? .jsonl
        let place = try Self.place(&parameters, order: .oldestFirst)
        try parameters.finish()
        let page = try await self.index.page(query, order: place.order, after: place.after, limit: place.limit)
        let places = page.rows.map(\.index)
        let contents = try await Self.reading { () throws(LogFailure) in try log.contents(at: places) }
        return .json(
            ExportDocument(
                lines: zip(places, contents).compactMap { format.line($1, at: $0) },
                next: page.next?.description,
                indexed: page.indexedThrough,
                recorded: self.recorded()
            )
        )
    }
}

/// A page of exported records as it goes over the wire.
private struct ExportDocument: Encodable {
    var lines: [String]
    var next: String?
    var indexed: UInt64
    var recorded: UInt64
}
