import Testing

@testable import DecisionLog

@Suite("Journal frames")
struct FrameTests {
    static func frame(_ payload: [UInt8], segment: UInt64 = 9, offset: UInt64 = 100, group: UInt32 = 50) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Frame.headBytes) + payload
        Frame.fillHead(of: &bytes, at: 0, payload: payload.count, segment: segment, offset: offset, group: group)
        return bytes
    }

    static func isWhole(_ bytes: [UInt8], base: UInt64 = 100, segment: UInt64 = 9) -> Bool {
        if case .whole = Frame.read(bytes[...], at: 0, base: base, segment: segment) { true } else { false }
    }

    @Test("A frame is good only as it was written, and only where")
    func binding() {
        let bytes = Self.frame(Array("payload".utf8))
        #expect(Self.isWhole(bytes))
        #expect(!Self.isWhole(bytes, base: 101))
        #expect(!Self.isWhole(bytes, segment: 8))
        for place in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[place] ^= 1 << bit
                #expect(!Self.isWhole(changed))
            }
        }
        for length in bytes.indices { #expect(!Self.isWhole(Array(bytes.prefix(length)))) }
    }
}
