import Testing
import TransparencyLog

@Suite("Tiles and entry bundles")
struct TileTests {
    @Test(
        "Paths are those of C2SP tlog-tiles",
        arguments: [
            (TileCoordinate.hashes(level: 0, index: 0, width: 256), "tile/0/000"),
            (TileCoordinate.hashes(level: 0, index: 1_234_067, width: 256), "tile/0/x001/x234/067"),
            (TileCoordinate.hashes(level: 1, index: 0, width: 5), "tile/1/000.p/5"),
            (TileCoordinate.entries(index: 999, width: 256), "tile/entries/999"),
            (TileCoordinate.entries(index: 1000, width: 17), "tile/entries/x001/000.p/17"),
        ]
    )
    func paths(coordinate: TileCoordinate, path: String) {
        #expect(coordinate.path == path)
    }

    @Test("A bundle gives its entries back, and nothing when it is cut or longer")
    func bundles() {
        let entries: [[UInt8]] = [[], [1], Array(repeating: 7, count: 300)]
        var bundle: [UInt8] = []
        for entry in entries { EntryBundle.append(entry, to: &bundle) }
        #expect(Array(bundle.prefix(5)) == [0, 0, 0, 1, 1])
        #expect(EntryBundle.decoded(bundle, count: 3)?.map(Array.init) == entries)
        #expect(EntryBundle.decoded(bundle, count: 2) == nil)
        for length in 0..<bundle.count { #expect(EntryBundle.decoded(Array(bundle.prefix(length)), count: 3) == nil) }
    }

    @Test("A tile gives its hashes back only at its own width")
    func tiles() {
        let hashes = [MerkleHash.leaf([1]), MerkleHash.leaf([2])]
        let bytes = TileCoordinate.encoded(hashes)
        #expect(TileCoordinate.hashes(level: 0, index: 0, width: 2).decoded(bytes) == hashes)
        #expect(TileCoordinate.hashes(level: 0, index: 0, width: 3).decoded(bytes) == nil)
    }
}
