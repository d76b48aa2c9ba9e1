/// Neighbouring entries in one file: each with its length before it, in two bytes, high byte first.
///
/// Source: C2SP tlog-tiles, "Log entries".
public enum EntryBundle {
    /// The longest entry that a bundle can hold.
    public static let maximumEntryBytes = Int(UInt16.max)

    /// Appends an entry to a bundle.
    ///
    /// - Precondition: The entry is at most ``maximumEntryBytes`` long.
    public static func append(_ entry: some Collection<UInt8>, to bundle: inout [UInt8]) {
        precondition(entry.count <= Self.maximumEntryBytes, "an entry of \(entry.count) bytes does not fit a bundle")
        bundle.append(UInt8(entry.count >> 8))
        bundle.append(UInt8(entry.count & 0xFF))
        bundle.append(contentsOf: entry)
    }

    /// Reads a bundle of exactly `count` entries; `nil` if it is cut or holds more.
    public static func decoded(_ bundle: [UInt8], count: Int) -> [ArraySlice<UInt8>]? {
        var entries: [ArraySlice<UInt8>] = []
        entries.reserveCapacity(count)
        var position = 0
        for _ in 0..<count {
            guard position + 2 <= bundle.count else { return nil }
            let start = position + 2
            let end = start + Int(bundle[position]) << 8 + Int(bundle[position + 1])
            guard end <= bundle.count else { return nil }
            entries.append(bundle[start..<end])
            position = end
        }
        return position == bundle.count ? entries : nil
    }
}
