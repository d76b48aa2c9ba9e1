/// Where a tile lies: a file of 256 neighbouring hashes of one level, or of 256 neighbouring entries.
///
///     tile/0/x001/x234/067        leaf hashes 1234067 · 256 and following
///     tile/1/000.p/5              the first five hashes of level 1, not finished
///     tile/entries/x001/x234/067  the entries themselves
///
/// Source: C2SP tlog-tiles, "Merkle Tree" and "Log entries".
public struct TileCoordinate: Hashable, Sendable {
    /// What the tile holds.
    public enum Content: Hashable, Sendable {
        /// Hashes of subtrees of height 8 · level.
        case hashes(level: Int)
        /// The entries.
        case entries
    }

    /// Tiles are eight levels high.
    public static let heightBits = 8
    /// A finished tile holds 256 hashes or entries.
    public static let fullWidth = 1 << heightBits

    /// What the tile holds.
    public var content: Content
    /// The tile's place in its row.
    public var index: UInt64
    /// How many it holds, 1 to 256.
    public var width: Int

    /// A tile of hashes.
    public static func hashes(level: Int, index: UInt64, width: Int) -> TileCoordinate {
        TileCoordinate(content: .hashes(level: level), index: index, width: width)
    }

    /// A bundle of entries.
    public static func entries(index: UInt64, width: Int) -> TileCoordinate {
        TileCoordinate(content: .entries, index: index, width: width)
    }

    /// Whether the tile is full, so that its file never changes again.
    public var isFinished: Bool { self.width == Self.fullWidth }

    /// The tile's path below the log's prefix.
    public var path: String {
        let row =
            switch self.content {
            case .hashes(let level): "tile/\(level)/"
            case .entries: "tile/entries/"
            }
        return row + Self.name(index: self.index, width: self.width)
    }

    /// The part of the path that names the index and the width.
    public static func name(index: UInt64, width: Int) -> String {
        let digits = { (group: UInt64) in
            let text = String(group)
            return String(repeating: "0", count: 3 - text.count) + text
        }
        var name = digits(index % 1000)
        var rest = index / 1000
        while rest > 0 {
            name = "x" + digits(rest % 1000) + "/" + name
            rest /= 1000
        }
        return width == Self.fullWidth ? name : "\(name).p/\(width)"
    }

    /// The index that a finished tile's name stands for; `nil` for everything else.
    package static func index(name: some StringProtocol) -> UInt64? {
        var index: UInt64 = 0
        let groups = name.split(separator: "/", omittingEmptySubsequences: false)
        for (place, group) in groups.enumerated() {
            let digits = place == groups.count - 1 ? group[...] : group.dropFirst()
            guard digits.utf8.count == 3, let number = UInt64(digits), index < UInt64.max / 1_000 - 1 else {
                return nil
            }
            index = index * 1_000 + number
        }
        return self.name(index: index, width: self.fullWidth) == name ? index : nil
    }

    /// The bytes of a tile of hashes.
    public static func encoded(_ hashes: [LogHash]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * LogHash.byteCount)
        for hash in hashes { unsafe hash.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) } }
        return bytes
    }

    /// Reads a tile of hashes; `nil` unless it holds exactly ``width`` of them.
    public func decoded(_ bytes: [UInt8]) -> [LogHash]? {
        guard bytes.count == self.width * LogHash.byteCount else { return nil }
        var hashes: [LogHash] = []
        hashes.reserveCapacity(self.width)
        for start in stride(from: 0, to: bytes.count, by: LogHash.byteCount) {
            guard let hash = LogHash(bytes[start..<start + LogHash.byteCount]) else { return nil }
            hashes.append(hash)
        }
        return hashes
    }
}
