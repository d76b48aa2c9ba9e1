package import DecisionLog
import Synchronization

extension PostgreSQLIndex {
    package func page(
        _ query: DecisionQuery,
        order: QueryOrder,
        after: QueryCursor?,
        limit: Int
    ) async throws(IndexFailure) -> DecisionPage {
        try await self.reading { connection, words in
            let filter = IndexFilter(query, words)
            let gateways = try GatewayTables.all(connection)
            var streams: [RowStream] = []
            for gateway in gateways {
                var stream = RowStream(gateway, order, after: after, isOwn: gateway.name == self.gateway)
                if !filter.isEmpty, limit > 0, let search = stream.search(filter, limit: limit + 1) {
                    stream.rows = try search.rows(connection)[...]
                }
                streams.append(stream)
            }
            var page = DecisionPage(
                rows: [],
                next: nil,
                indexedThrough: UInt64(gateways.first { $0.name == self.gateway }?.progress.next ?? 0),
                end: QueryCursor(
                    places: Dictionary(
                        uniqueKeysWithValues: gateways.map { ($0.name, UInt64(max(0, $0.progress.next - 1))) }
                    )
                )
            )
            while page.rows.count < limit, let row = Self.takeNext(&streams, order) {
                page.rows.append(try row.decision(words))
            }
            if streams.contains(where: { !$0.rows.isEmpty }), limit > 0 {
                page.next = QueryCursor(
                    places: streams.reduce(into: [:]) { places, stream in places[stream.gateway.name] = stream.place }
                )
            }
            return page
        }
    }

    /// Takes the row that comes next over all gateways: each gateway's rows stay in the order of its log, and of the rows
    /// that stand at the front the one whose moment comes first in the order.
    private static func takeNext(_ streams: inout [RowStream], _ order: QueryOrder) -> NumberedRow? {
        let fronts = streams.indices.compactMap { place in streams[place].rows.first.map { (place, $0.time) } }
        let chosen =
            order == .newestFirst
            ? fronts.max { ($0.1, -$0.0) < ($1.1, -$1.0) } : fronts.min { ($0.1, $0.0) < ($1.1, $1.0) }
        return chosen.flatMap { streams[$0.0].take() }
    }

    package func find(_ id: DecisionID) async throws(IndexFailure) -> DecisionRow? {
        // The id says when it was made, to the millisecond.
        let query = DecisionQuery(since: id.time, until: Timestamp(microseconds: id.time.microseconds + 1000))
        var cursor: QueryCursor?
        repeat {
            let page = try await self.page(query, order: .newestFirst, after: cursor, limit: 1000)
            if let row = page.rows.first(where: { $0.id == id }) { return row }
            cursor = page.next
        } while cursor != nil
        return nil
    }

    package func counts(
        _ query: DecisionQuery,
        by grouping: [CountGrouping],
        limit: Int
    ) async throws(IndexFailure) -> [DecisionCount] {
        try await self.reading { connection, words in
            let filter = IndexFilter(query, words)
            guard !filter.isEmpty else { return [] }
            var tally = CountTally(grouping, filter, words)
            let selection = RollupSelection(filter, by: grouping)
            try Self.forEachRun(selection, withTimes: false, connection) { try tally.add($0, isWhole: $1) }
            for (key, sum) in try Self.uncounted(connection).sums { tally.add(key, sum.count) }
            return tally.counts(limit: limit)
        }
    }

    package func labelDenials(since: Timestamp, until: Timestamp) async throws(IndexFailure) -> [LabelDenials] {
        try await self.reading { connection, words in
            let filter = IndexFilter(LabelDenialTally.query(since: since, until: until), words)
            guard !filter.isEmpty else { return [] }
            var denials = LabelDenialTally(filter, words)
            try Self.forEachRun(RollupSelection(filter), withTimes: true, connection) {
                try denials.add($0, isWhole: $1)
            }
            for (key, sum) in try Self.uncounted(connection).sums { denials.add(key, sum) }
            return denials.all
        }
    }

    /// Reads at one moment, with the words of that moment.
    private func reading<Result: Sendable>(
        _ body: @escaping @Sendable (PostgreSQLConnection, IndexWords) throws -> Result
    ) async throws(IndexFailure) -> Result {
        do {
            return try await self.readers.read { connection in
                let words = try self.words(connection)
                return try body(connection, words)
            }
        } catch let failure as IndexFailure {
            throw failure
        } catch {
            throw .database("\(error)")
        }
    }

    /// The words, brought up to what other gateways added.
    private func words(_ connection: PostgreSQLConnection) throws -> IndexWords {
        let extent = try WordTables.extent(connection)
        let known = self.known.withLock { WordTables.Extent($0.numbering.words, forgotten: $0.forgotten) }
        if extent == known { return self.known.withLock { $0.numbering.words } }
        let isAnew = extent.forgotten != known.forgotten
        let news = try WordTables.news(beyond: isAnew ? WordTables.Extent() : known, connection)
        return self.known.withLock { state in
            let now = WordTables.Extent(state.numbering.words, forgotten: state.forgotten)
            // Another reader may have been first; then these words are for this answer alone.
            guard now == known else {
                var own = IndexNumbering()
                own.learn(isAnew ? news : IndexNews())
                return isAnew ? own.words : state.numbering.words
            }
            if isAnew { state.numbering = IndexNumbering() }
            state.numbering.learn(news)
            state.forgotten = extent.forgotten
            return state.numbering.words
        }
    }

    /// Hands over each stored run that a question is about, and whether it counts as a whole.
    private static func forEachRun(
        _ selection: RollupSelection,
        withTimes: Bool,
        _ connection: PostgreSQLConnection,
        _ body: (RollupRun, _ isWhole: Bool) throws -> Void
    ) throws {
        let hours = selection.filter.hours
        let found = try connection.query(
            """
            SELECT id, earliest, latest, coarse_keys IS NOT NULL FROM rollups
            WHERE latest >= $1::integer AND earliest <= $2::integer ORDER BY id
            """,
            [.integer(Int64(hours.lowerBound)), .integer(Int64(hours.upperBound))]
        )
        // One by one: all of them together would be held in memory twice.
        for run in found {
            let (earliest, latest) = (try run.number(1), try run.number(2))
            let isWhole = selection.takesCoarse(earliest, latest)
            let hasCoarse = try run.integer(3) != 0
            let prefix = isWhole && hasCoarse ? "coarse_" : ""
            let rows = try connection.query(
                "SELECT \(prefix)keys, \(withTimes ? "\(prefix)times" : "NULL::bytea") FROM rollups WHERE id = $1",
                [.integer(try run.integer(0))]
            )
            guard let row = rows.first else { continue }
            try body(
                RollupRun(earliest: earliest, latest: latest, keys: row.bytes(0), times: row.bytes(1)),
                isWhole
            )
        }
    }

    /// What is not in stored runs yet, from the rows of every gateway.
    private static func uncounted(_ connection: PostgreSQLConnection) throws -> Rollups {
        var rest = Rollups()
        for gateway in try GatewayTables.all(connection) {
            for chunk in gateway.chunks.all where chunk.last >= gateway.progress.counted {
                let rows = try GatewayTables.rollups(
                    of: gateway.number,
                    on: chunk.day,
                    from: max(chunk.first, gateway.progress.counted),
                    to: chunk.last,
                    connection
                )
                for (key, sum) in rows.sums { rest.add(key, sum) }
            }
        }
        return rest
    }
}

/// The rows of one gateway on their way into a page.
private struct RowStream {
    let gateway: GatewayTables.Gateway
    let order: QueryOrder
    /// Behind which place this gateway's rows go on; `nil` while there is no such place.
    private(set) var place: UInt64?
    var rows: ArraySlice<NumberedRow> = []
    /// Whether the page goes on from a cursor that does not know this gateway: newer than the page, so not on it.
    private let isLeftOut: Bool

    init(_ gateway: GatewayTables.Gateway, _ order: QueryOrder, after: QueryCursor?, isOwn: Bool) {
        self.gateway = gateway
        self.order = order
        self.place = after?.places[gateway.name] ?? (isOwn ? after?.places[""] : nil)
        self.isLeftOut = after != nil && self.place == nil && order == .newestFirst
        if after == nil, order == .newestFirst { self.place = UInt64(gateway.progress.next) }
    }

    func search(_ filter: IndexFilter, limit: Int) -> PartitionSearch? {
        guard !self.isLeftOut else { return nil }
        return PartitionSearch(
            filter: filter,
            gateway: self.gateway,
            order: self.order,
            after: self.place.map { Int64(clamping: $0) },
            limit: limit
        )
    }

    mutating func take() -> NumberedRow? {
        guard let row = self.rows.popFirst() else { return nil }
        self.place = UInt64(bitPattern: row.place)
        return row
    }
}
