import DecisionLog

/// Rows in the binary format of COPY.
///
/// Source: PostgreSQL 15 manual, "COPY", Binary Format.
struct CopyRows {
    private(set) var bytes: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + Array(repeating: 0, count: 8)

    /// Microseconds from 1970 to 2000, where PostgreSQL begins to count.
    static let epoch: Int64 = 946_684_800_000_000
    /// Days from 1970 to 2000.
    static let epochDay: Int64 = 10_957

    /// Appends a row of ``PostgreSQLSchema/rowColumns``.
    mutating func append(_ row: NumberedRow, gateway: Int16, day: CalendarDay) {
        self.raw(Int16(14))
        self.field(row.place)
        self.field(row.time &- Self.epoch)
        self.raw(Int32(16))
        self.raw(row.id.high)
        self.raw(row.id.low)
        self.field(row.count)
        self.field(row.verdict)
        self.field(row.person)
        self.field(row.micros)
        self.field(row.flip)
        self.field(row.revision)
        self.field(Int32(truncatingIfNeeded: day.daysSince1970 - Self.epochDay))
        self.field(gateway)
        self.field(row.method)
        self.field(row.path)
        self.field(row.peer)
    }

    /// The whole, with its end.
    var finished: [UInt8] { self.bytes + [0xFF, 0xFF] }

    @inline(__always)
    private mutating func raw<Number: FixedWidthInteger>(_ number: Number) {
        unsafe withUnsafeBytes(of: number.bigEndian) { unsafe self.bytes.append(contentsOf: $0) }
    }

    @inline(__always)
    private mutating func field<Number: FixedWidthInteger>(_ number: Number) {
        self.raw(Int32(MemoryLayout<Number>.size))
        self.raw(number)
    }

    private mutating func field(_ text: String?) {
        guard let text else {
            self.raw(Int32(-1))
            return
        }
        let clean = text.withoutNUL
        self.raw(Int32(clean.utf8.count))
        self.bytes.append(contentsOf: clean.utf8)
    }
}
