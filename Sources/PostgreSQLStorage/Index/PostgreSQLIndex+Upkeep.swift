package import DecisionLog

extension PostgreSQLIndex {
    /// Takes a person out, for all gateways; what the rows held stays in the database's free space until it is used again.
    package func forget(person: String) throws(IndexFailure) {
        try self.writing { writer, connection in
            try connection.transaction { connection in
                try WordTables.lock(connection)
                // First, so that no batch with the person's number is under way while rows are blanked.
                try connection.execute("UPDATE words SET forgotten = forgotten + 1")
                let numbers = try connection.query(
                    "SELECT number FROM persons WHERE stable = $1",
                    [.text(person)]
                ).map { try $0.number(0) }
                try connection.query(
                    """
                    UPDATE persons SET stable = NULL, name = NULL, clearance = NULL, authentication = NULL
                    WHERE number = ANY ($1::integer[])
                    """,
                    [PostgreSQLParameter(numbers)]
                )
                try connection.query(
                    "UPDATE rows SET path = NULL, peer = NULL WHERE person = ANY ($1::integer[])",
                    [PostgreSQLParameter(numbers)]
                )
            }
            // Known to all others by the count; to this one it is known at once.
            var numbering = IndexNumbering()
            numbering.learn(try WordTables.news(beyond: WordTables.Extent(), connection))
            writer.numbering = numbering
            writer.forgotten = try WordTables.extent(connection).forgotten
        }
    }

    /// Removes this gateway's days; every gateway removes its own.
    package func removeDays(before day: CalendarDay) throws(IndexFailure) -> [CalendarDay] {
        try self.writing { writer, connection in
            let gone = writer.chunks.removable(before: day)
            var chunks = writer.chunks
            for day in gone { chunks.remove(day) }
            let number = writer.number
            for day in gone {
                // Each in a transaction of its own, so that many days need few locks; a day that is gone has no chunk first.
                try connection.transaction { connection in
                    try connection.query(
                        "DELETE FROM chunks WHERE gateway = $1::int2 AND day = $2::text::date",
                        [.integer(Int64(number)), .text(day.description)]
                    )
                    try GatewayTables.removeRollups(of: number, on: day, connection)
                    try GatewayTables.removePartition(of: number, on: day, connection)
                }
                writer.pending[day] = nil
                writer.partitions.remove(day)
            }
            writer.chunks = chunks
            return gone
        }
    }

    /// Drops everything of this gateway; words are shared and stay.
    package func reset() throws(IndexFailure) {
        try self.writing { writer, connection in
            let number = writer.number
            let partitions = try connection.query(
                "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = $1::text::regclass",
                [.text("stile." + PostgreSQLSchema.rows(of: number))]
            ).compactMap { $0.text(0) }
            try connection.transaction { connection in
                try connection.query("DELETE FROM chunks WHERE gateway = $1::int2", [.integer(Int64(number))])
                try connection.query("DELETE FROM rollups WHERE gateway = $1::int2", [.integer(Int64(number))])
                try GatewayTables.store(GatewayTables.Progress(next: 0, counted: 0), of: number, connection)
                for partition in partitions { try connection.execute("DROP TABLE \(partition)") }
            }
            writer.chunks = IndexChunks()
            writer.progress = GatewayTables.Progress(next: 0, counted: 0)
            writer.pending = [:]
            writer.partitions = []
        }
    }

    /// What the index takes on disk, in bytes, for all gateways.
    package func bytes() throws(IndexFailure) -> Int {
        try self.writing { writer, connection in
            let row = try connection.query(
                """
                SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class
                WHERE relnamespace = 'stile'::regnamespace AND relkind = 'r'
                """
            ).first
            return Int(try row?.integer(0) ?? 0)
        }
    }
}
