import Checksums
import Testing

@Suite("CRC-32C")
struct CRC32CTests {
    @Test(
        "The published values come out, with the processor's instruction and without",
        arguments: [
            // RFC 3720, appendix B.4
            ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
            (Array(0..<32), 0x46DD_794E),
            (Array((0..<32).reversed()), 0x113F_DB5C),
            // The check value of the catalogue of parametrised CRC algorithms
            (Array("123456789".utf8), 0xE306_9283),
            ([], 0),
        ] as [([UInt8], UInt32)]
    )
    func published(bytes: [UInt8], expected: UInt32) {
        #expect(CRC32C.checksum(bytes) == expected)
        #expect(CRC32C.checksum(bytes, byInstruction: false) == expected)
    }

    @Test("Both ways agree at every length and alignment, and however the bytes are cut")
    func agreement() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
        for start in 0..<9 {
            for end in stride(from: start, through: bytes.count, by: 7) {
                let piece = Array(bytes[start..<end])
                let whole = CRC32C.checksum(piece)
                #expect(whole == CRC32C.checksum(piece, byInstruction: false))
                var cut = CRC32C()
                cut.update(Array(piece.prefix(5)))
                cut.update(Array(piece.dropFirst(5)))
                #expect(cut.value == whole)
            }
        }
    }

    @Test("A number counts as its bytes, the low one first")
    func numbers() {
        var sum = CRC32C()
        sum.update(UInt32(0x0403_0201))
        #expect(sum.value == CRC32C.checksum([1, 2, 3, 4]))
    }

    @Test("Every flipped bit is seen")
    func flips() {
        let bytes = Array("one record of the journal".utf8)
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(CRC32C.checksum(flipped) != CRC32C.checksum(bytes))
        }
    }
}
