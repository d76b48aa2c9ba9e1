/// How the journal writes.
package struct JournalConfiguration: Hashable, Sendable {
    /// When a waiting request may go on.
    package enum Durability: Hashable, Sendable {
        /// When its record is on disk. The default: nothing that was acted on can be missing from the log.
        case commit
        /// At once; records are synced together after this many milliseconds. A crash of the machine loses at most these.
        case batch(milliseconds: Int32)
    }

    /// When a waiting request may go on.
    package var durability: Durability
    /// How long a segment gets, in bytes, before the next is begun; default 64 MiB: small enough to go soon, large
    /// enough that beginning one costs nothing.
    package var segmentBytes: UInt64
    /// How much may wait for the disk, in bytes, before the door closes; default 64 MiB, a second of the fastest load.
    package var backlogBytes: Int
    /// How often a failed journal tries to open again, in milliseconds.
    package var retryMilliseconds: Int32
    /// How much space must be free before a full journal opens again, in bytes; default two segments.
    package var reserveBytes: UInt64

    /// The longest that the writer waits for more before a sync, in microseconds, when several records came together;
    /// default 500.
    ///
    /// Within it the wait is half of what syncs have taken of late: then a request's wait is at most one and a half syncs.
    package var lingerMicroseconds: UInt32 = 500
    /// How many records have to have come together for that; default 4.
    ///
    /// Who comes alone does not wait.
    package var lingerRecords = 4

    package init(
        durability: Durability = .commit,
        segmentBytes: UInt64 = 64 << 20,
        backlogBytes: Int = 64 << 20,
        retryMilliseconds: Int32 = 200,
        reserveBytes: UInt64? = nil
    ) {
        self.durability = durability
        self.segmentBytes = segmentBytes
        self.backlogBytes = backlogBytes
        self.retryMilliseconds = retryMilliseconds
        self.reserveBytes = reserveBytes ?? 2 * segmentBytes
    }
}
