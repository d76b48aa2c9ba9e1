import Testing
import TransparencyLog

@testable import DecisionLog

@Suite("Reading a segment")
struct SegmentReaderTests {
    static let segment = Segment(first: 70)

    /// A file of frames with payloads of these lengths, each a group of its own.
    static func file(_ lengths: [Int]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (place, length) in lengths.enumerated() {
            let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: place + 1), count: length)
            bytes += FrameTests.frame(
                payload,
                segment: Self.segment.identity,
                offset: UInt64(bytes.count),
                group: UInt32(bytes.count)
            )
        }
        return bytes
    }

    static func read(_ bytes: [UInt8]) throws -> (lengths: [Int], endsWell: Bool, index: UInt64) {
        let store = MemoryStore()
        store.set(Self.segment.path, bytes)
        var reader = SegmentReader(Self.segment, in: store)
        var lengths: [Int] = []
        while true {
            switch try reader.next() {
            case .entry(let payload, _):
                let expected = UInt8(truncatingIfNeeded: lengths.count + 1)
                #expect(payload.allSatisfy { $0 == expected })
                lengths.append(payload.count)
            case .end: return (lengths, true, reader.index)
            case .damaged: return (lengths, false, reader.index)
            }
        }
    }

    @Test(
        "Frames are read whole wherever a piece of the file ends",
        arguments: [
            ("none", []), ("one byte", [1]), ("a thousand short ones", Array(repeating: 1123, count: 1000)),
            ("just a piece", [262_132, 5]), ("a byte more than a piece", [262_133, 5]),
            ("a head across two pieces", [262_126, 900, 900]), ("longer than a piece", [3, 300_000, 3]),
            ("the longest, again and again", [1 << 20, 1 << 20, 7, 1 << 20]),
        ] as [(String, [Int])]
    )
    func pieces(name: String, lengths: [Int]) throws {
        let found = try Self.read(Self.file(lengths))
        #expect(found.lengths == lengths && found.endsWell)
        #expect(found.index == Self.segment.first + UInt64(lengths.count))
    }

    @Test(
        "A file that is cut anywhere ends badly, but between two frames",
        arguments: [[900, 262_132, 40], [300_000, 9]]
    )
    func cuts(lengths: [Int]) throws {
        let whole = Self.file(lengths)
        var ends = [0]
        for length in lengths { ends.append((ends.last ?? 0) + Frame.headBytes + length) }
        for cut in Set(ends + ends.map { $0 + 5 } + ends.map { $0 - 1 } + [262_143, 262_144, 262_145]).sorted()
        where (0...whole.count).contains(cut) {
            let found = try Self.read(Array(whole.prefix(cut)))
            #expect(found.endsWell == ends.contains(cut), "cut at \(cut)")
            #expect(found.lengths == Array(lengths.prefix(ends.count { $0 > 0 && $0 <= cut })), "cut at \(cut)")
        }
    }
}
