import Testing
import TransparencyLog

@Suite("Inclusion and consistency proofs")
struct ProofTests {
    /// A tree of 70,000 entries as its tiles: three levels.
    static let world = StoredTree(size: 70_000)

    @Test("The reference tree's inclusion path is the RFC's")
    func referencePath() {
        let tree = StoredTree(leaves: MerkleHashTests.leaves.map { MerkleHash.leaf($0) })
        let proof = tree.prover(size: 8).inclusion(of: 5)
        #expect(
            proof.path.map(\.description) == [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        )
    }

    @Test("Every entry of every small tree is proven, and only where it is")
    func inclusionExhaustively() {
        for size in 1...40 as ClosedRange<UInt64> {
            let prover = Self.world.prover(size: size)
            let root = prover.root()
            #expect(root == Self.world.naiveRoot(size: Int(size)))
            for index in 0..<size {
                let proof = prover.inclusion(of: index)
                #expect(proof.verifies(leaf: Self.world.leaves[Int(index)], root: root))
                #expect(!proof.verifies(leaf: Self.world.leaves[Int(index) + 1], root: root))
                for other in 0..<size where other != index {
                    let moved = InclusionProof(index: other, size: size, path: proof.path)
                    #expect(!moved.verifies(leaf: Self.world.leaves[Int(index)], root: root))
                }
                for place in proof.path.indices {
                    var cut = proof
                    cut.path.remove(at: place)
                    #expect(!cut.verifies(leaf: Self.world.leaves[Int(index)], root: root))
                }
            }
        }
    }

    @Test("Every pair of small trees is consistent, and no forged one is")
    func consistencyExhaustively() {
        for new in 0...40 as ClosedRange<UInt64> {
            let prover = Self.world.prover(size: new)
            let newRoot = prover.root()
            for old in 0...new {
                let proof = prover.consistency(from: old)
                let oldRoot = Self.world.prover(size: old).root()
                #expect(proof.verifies(old: oldRoot, new: newRoot))
                #expect(!proof.verifies(old: MerkleHash.leaf([99]), new: newRoot))
                if old != new, old != 0 { #expect(!proof.verifies(old: oldRoot, new: MerkleHash.leaf([99]))) }
                for place in proof.path.indices {
                    var forged = proof
                    forged.path[place] = MerkleHash.leaf([99])
                    #expect(!forged.verifies(old: oldRoot, new: newRoot))
                }
            }
        }
    }

    @Test("Proofs over several levels of tiles hold", arguments: [255, 256, 257, 511, 65_535, 65_536, 65_537, 70_000])
    func acrossTiles(size: UInt64) {
        let prover = Self.world.prover(size: size)
        let root = prover.root()
        for index in [0, 1, 254, 255, 256, size / 2, size - 1] where index < size {
            #expect(prover.inclusion(of: index).verifies(leaf: Self.world.leaves[Int(index)], root: root))
        }
        for old in [1, 128, 255, 256, size / 3, size - 1, size] where old <= size {
            let oldRoot = Self.world.prover(size: old).root()
            #expect(prover.consistency(from: old).verifies(old: oldRoot, new: root))
        }
    }

    @Test(
        "A tree taken up from its tiles goes on like one that never stopped",
        arguments: [0, 1, 255, 256, 300, 65_536, 66_000]
    )
    func takenUp(size: Int) {
        var resumed = TileTree(size: UInt64(size)) { Self.world.tile($0) }
        #expect(resumed.root == Self.world.prover(size: UInt64(size)).root())
        for leaf in Self.world.leaves[size..<size + 600] { resumed.append(leaf) { _, _ in } }
        #expect(resumed.root == Self.world.prover(size: UInt64(size + 600)).root())
    }
}

/// A tree in memory that any shorter tree's tiles can be read from.
struct StoredTree: Sendable {
    let leaves: [LogHash]
    let tiles: [TileCoordinate: [LogHash]]

    init(size: Int) {
        self.init(
            leaves: (0..<size).map { MerkleHash.leaf([UInt8($0 & 0xFF), UInt8($0 >> 8 & 0xFF), UInt8($0 >> 16)]) }
        )
    }

    init(leaves: [LogHash]) {
        self.leaves = leaves
        var tiles: [TileCoordinate: [LogHash]] = [:]
        var tree = TileTree()
        for leaf in leaves { tree.append(leaf) { tiles[$0] = $1 } }
        for (coordinate, hashes) in tree.partialTiles {
            var whole = coordinate
            whole.width = TileCoordinate.fullWidth
            tiles[whole] = hashes
        }
        self.tiles = tiles
    }

    func tile(_ coordinate: TileCoordinate) -> [LogHash] {
        var whole = coordinate
        whole.width = TileCoordinate.fullWidth
        return Array((self.tiles[whole] ?? []).prefix(coordinate.width))
    }

    func prover(size: UInt64) -> Prover<Never> { Prover(size: size) { self.tile($0) } }

    /// MTH of RFC 9162, word for word.
    func naiveRoot(size: Int) -> LogHash { MerkleHash.root(of: self.leaves[..<size]) }
}
