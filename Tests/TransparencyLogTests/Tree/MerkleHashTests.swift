import Testing
import TransparencyLog

/// Leaves and roots: the reference tree of Certificate Transparency (google/certificate-transparency, `merkle_tree_test`).
@Suite("Merkle hashes")
struct MerkleHashTests {
    static let leaves: [[UInt8]] = [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
        [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        [0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F],
    ]

    static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    @Test("The roots of the reference tree come out", arguments: 0...8)
    func referenceRoots(size: Int) {
        let hashes = Self.leaves.prefix(size).map { MerkleHash.leaf($0) }
        #expect(MerkleHash.root(of: hashes[...]).description == Self.roots[size])
        var tree = TileTree()
        for hash in hashes { tree.append(hash) { _, _ in } }
        #expect(tree.root.description == Self.roots[size])
    }

    @Test("A leaf and a node over the same bytes differ")
    func domainsAreApart() {
        let (a, b) = (MerkleHash.leaf([1]), MerkleHash.leaf([2]))
        #expect(MerkleHash.leaf(a.bytes + b.bytes) != MerkleHash.node(a, b))
    }

    @Test("A hash reads back from bytes and from base 64, and from nothing else")
    func writtenForms() {
        let hash = MerkleHash.leaf([7])
        #expect(LogHash(hash.bytes) == hash)
        #expect(LogHash(base64: hash.base64) == hash)
        #expect(LogHash(hash.bytes.dropLast()) == nil)
        #expect(LogHash(base64: hash.base64.dropLast()) == nil)
    }
}
