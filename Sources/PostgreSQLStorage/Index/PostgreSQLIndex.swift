package import DecisionLog
import Synchronization

/// The index in PostgreSQL, which several gateways share.
///
/// A batch is one transaction: rows, chunks, roll-ups when they are due, and the place to go on from. When the answer to its
/// commit is lost, the database says whether it happened: the place to go on from is asked of it after every failure. So
/// each entry is there once, whatever stops and whenever.
///
/// The database may be away: then ``ingest(_:next:)`` and ``nextIndex()`` fail, the log goes on, and the index catches up.
package final class PostgreSQLIndex: DecisionIndex {
    /// What the one writer has.
    struct Writer: Sendable {
        var connection: PostgreSQLConnection?
        var number: Int16 = 0
        var numbering = IndexNumbering()
        var forgotten: Int64 = 0
        var chunks = IndexChunks()
        var progress = GatewayTables.Progress(next: 0, counted: 0)
        /// What was counted and not stored yet, by the day that the rows lie in.
        var pending: [CalendarDay: Rollups] = [:]
        var partitions: Set<CalendarDay> = []
    }

    /// The words as readers know them.
    struct Known: Sendable {
        var numbering = IndexNumbering()
        var forgotten: Int64 = 0
    }

    /// A step of a batch, for tests that break it off.
    package enum Step: Hashable, Sendable, CaseIterable {
        case wordsStored, rowsCopied, progressUpdated, committed, rollupsMerged
    }

    let gateway: String
    let log: String
    let formerly: [String]
    let configuration: PostgreSQLConfiguration
    let writer = Mutex(Writer())
    let known = Mutex(Known())
    let readers: ConnectionPool
    private let interruption: @Sendable (Step) throws -> Void

    /// After so many rows roll-ups are stored; until then counting reads the rows.
    private static let rowsPerRun = 65_536
    /// How many days' partitions are made ahead.
    private static let daysAhead: Int64 = 2
    /// How long building the indexes of a day may take, in milliseconds.
    private static let finishMilliseconds: Int32 = 3_600_000

    /// Names an index; nothing is connected to before it is used.
    ///
    /// - Parameters:
    ///   - configuration: Where the database is.
    ///   - gateway: The gateway's name, which no other gateway has.
    ///   - log: What tells this log from another one of the same name: its public key.
    ///   - formerly: The keys that it had before, while they still count beside the new one.
    ///   - interruption: Called after each step of a batch; what it throws breaks the batch off there.
    package init(
        _ configuration: PostgreSQLConfiguration,
        gateway: String,
        log: String,
        formerly: [String] = [],
        interruption: @escaping @Sendable (Step) throws -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.gateway = gateway
        self.log = log
        self.formerly = formerly
        self.interruption = interruption
        self.readers = ConnectionPool(configuration, session: PostgreSQLSchema.session)
    }

    package func nextIndex() throws(IndexFailure) -> UInt64 {
        try self.writing { writer, _ in UInt64(writer.progress.next) }
    }

    package func ingest(_ batch: [IndexedEntry], next: UInt64) throws(IndexFailure) {
        try self.writing { writer, connection in try self.write(batch, next: Int64(next), &writer, connection) }
    }

    /// Runs a writer's work, connected; after a failure the connection is given up, and everything is asked for anew.
    func writing<Result: Sendable>(
        _ body: (inout Writer, PostgreSQLConnection) throws -> Result
    ) throws(IndexFailure) -> Result {
        try self.writer.withLock { writer throws(IndexFailure) in
            try IndexFailure.naming {
                do {
                    let connection = try writer.connection ?? self.connect(&writer)
                    return try body(&writer, connection)
                } catch {
                    writer = Writer()
                    throw error
                }
            }
        }
    }

    private func connect(_ writer: inout Writer) throws -> PostgreSQLConnection {
        var fresh = Writer()
        let connection = try PostgreSQLConnection(self.configuration)
        try PostgreSQLSchema.migrate(connection)
        try connection.execute(PostgreSQLSchema.session)
        fresh.number = try GatewayTables.register(
            self.gateway,
            log: self.log,
            formerly: self.formerly,
            connection
        )
        fresh.forgotten = try WordTables.extent(connection).forgotten
        fresh.numbering.learn(try WordTables.news(beyond: WordTables.Extent(), connection))
        let own = try GatewayTables.all(connection).first { $0.number == fresh.number }
        guard let own else { throw IndexFailure.unreadable("gateway \(fresh.number)") }
        fresh.chunks = own.chunks
        fresh.progress = own.progress
        for chunk in own.chunks.all where chunk.last >= own.progress.counted {
            fresh.pending[chunk.day] = try GatewayTables.rollups(
                of: fresh.number,
                on: chunk.day,
                from: max(chunk.first, own.progress.counted),
                to: chunk.last,
                connection
            )
        }
        fresh.connection = connection
        writer = fresh
        return connection
    }

    private func write(
        _ batch: [IndexedEntry],
        next: Int64,
        _ writer: inout Writer,
        _ connection: PostgreSQLConnection
    ) throws {
        let fresh = batch.drop { Int64($0.index) < writer.progress.next }
        let forgotten = try WordTables.extent(connection).forgotten
        if forgotten != writer.forgotten || !writer.numbering.news(in: fresh).isEmpty {
            try self.learn(fresh, &writer, connection)
            try self.interruption(.wordsStored)
        }
        let rows = fresh.map { writer.numbering.row($0) }
        var chunks = writer.chunks
        let runs = chunks.sort(rows)
        try self.makePartitions(for: runs.map(\.day), &writer, connection)
        let due = Self.isDue(writer.pending, with: rows.last)
        var progress = GatewayTables.Progress(next: max(next, writer.progress.next), counted: writer.progress.counted)
        if due { progress.counted = max(progress.counted, writer.progress.next) }
        let (number, before, pending) = (writer.number, writer.chunks, writer.pending)
        let expected = writer.progress
        try connection.transaction { connection in
            guard try GatewayTables.lockedProgress(of: number, connection) == expected else {
                throw IndexFailure.database("another process writes for `\(self.gateway)`")
            }
            // Whoever forgets somebody waits for this batch or comes before it, and then the batch is made anew.
            guard try WordTables.heldForgotten(connection) == forgotten else {
                throw IndexFailure.database("somebody was forgotten meanwhile; the batch comes again")
            }
            for run in runs {
                var copy = CopyRows()
                for row in rows[run.rows] { copy.append(row, gateway: number, day: run.day) }
                let table = PostgreSQLSchema.rows(of: number, on: run.day)
                try connection.copy("COPY \(table) FROM STDIN (FORMAT binary)", copy.finished)
            }
            try self.interruption(.rowsCopied)
            if due {
                for (day, rollups) in pending {
                    try GatewayTables.store(RollupRun(rollups), of: number, on: day, connection)
                }
            }
            try GatewayTables.store(chunks, before: before, of: number, connection)
            try GatewayTables.store(progress, of: number, connection)
            try self.interruption(.progressUpdated)
        }
        if due { writer.pending = [:] }
        for run in runs { for row in rows[run.rows] { writer.pending[run.day, default: Rollups()].add(row) } }
        writer.chunks = chunks
        writer.progress = progress
        try self.interruption(.committed)
        for chunk in chunks.unfinished { try self.finish(chunk, &writer, connection) }
    }

    /// Gives numbers to new words; others may have given them meanwhile.
    private func learn(
        _ batch: ArraySlice<IndexedEntry>,
        _ writer: inout Writer,
        _ connection: PostgreSQLConnection
    ) throws {
        var numbering = writer.numbering
        let forgotten = writer.forgotten
        let extent = try connection.transaction { connection in
            try WordTables.lock(connection)
            let extent = try WordTables.extent(connection)
            if extent.forgotten != forgotten {
                numbering = IndexNumbering()
                numbering.learn(try WordTables.news(beyond: WordTables.Extent(), connection))
            } else {
                let known = WordTables.Extent(numbering.words, forgotten: forgotten)
                if extent != known { numbering.learn(try WordTables.news(beyond: known, connection)) }
            }
            let news = numbering.news(in: batch)
            if !news.isEmpty { try WordTables.store(news, after: numbering.words, connection) }
            numbering.learn(news)
            return extent
        }
        writer.numbering = numbering
        writer.forgotten = extent.forgotten
    }

    /// Makes the partitions of these days and of the next ones.
    private func makePartitions(
        for days: [CalendarDay],
        _ writer: inout Writer,
        _ connection: PostgreSQLConnection
    ) throws {
        guard let last = days.last else { return }
        let wanted = Set(days + (1...Self.daysAhead).map { last.adding(days: $0) })
        for day in wanted.subtracting(writer.partitions).sorted() {
            try GatewayTables.makePartition(of: writer.number, on: day, connection)
            writer.partitions.insert(day)
        }
    }

    /// Whether roll-ups should be stored before a row is added: an hour or a day is over, or they are many.
    private static func isDue(_ pending: [CalendarDay: Rollups], with row: NumberedRow?) -> Bool {
        guard let row, !pending.isEmpty else { return false }
        let hour = Int32(clamping: Timestamp(microseconds: row.time).hour)
        return pending.count > 1
            || pending.values.contains { $0.rows >= self.rowsPerRun || ($0.lastHour ?? hour) < hour }
    }

    /// Makes a day that is over quick to search: indexes over its rows, and its roll-ups in one piece.
    private func finish(
        _ chunk: IndexChunks.Chunk,
        _ writer: inout Writer,
        _ connection: PostgreSQLConnection
    ) throws {
        let (day, number, before, pending) = (chunk.day, writer.number, writer.chunks, writer.pending[chunk.day])
        var (chunks, progress) = (writer.chunks, writer.progress)
        chunks.finish(day)
        // Days are finished in order, so everything before the next day's first row is counted with this one.
        if let following = chunks.all.first(where: { $0.day > day }) {
            progress.counted = max(progress.counted, following.first)
        }
        let table = PostgreSQLSchema.rows(of: number, on: day)
        try connection.transaction { connection in
            try connection.execute("SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '128MB'")
            for column in ["verdict", "person"] {
                try connection.execute(
                    "CREATE INDEX IF NOT EXISTS \(table)_\(column) ON \(table) (\(column))",
                    within: Self.finishMilliseconds
                )
            }
            try connection.execute("ANALYZE \(table)", within: Self.finishMilliseconds)
            _ = try GatewayTables.lockedProgress(of: number, connection)
            var rollups = try GatewayTables.rollups(of: number, on: day, connection)
            for (key, sum) in pending?.sums ?? [:] { rollups.add(key, sum) }
            try GatewayTables.removeRollups(of: number, on: day, connection)
            if !rollups.isEmpty {
                let fine = RollupRun(rollups)
                let coarse = RollupRun(rollups.coarse, hours: fine.earliest...fine.latest)
                try GatewayTables.store(fine, coarse: coarse, of: number, on: day, connection)
            }
            try GatewayTables.store(chunks, before: before, of: number, connection)
            try GatewayTables.store(progress, of: number, connection)
        }
        writer.pending[day] = nil
        writer.chunks = chunks
        writer.progress = progress
        try self.interruption(.rollupsMerged)
    }
}
