import DecisionLog
import HTTP1
import NIOCore
import Testing

@testable import Gateway

@Suite("Room for a head")
struct HeadRoomTests {
    @Test("A head is held whole, however long, and nothing else is", arguments: [0, 1, 1_023, 1_024, 1_025, 70_000])
    func lengths(count: Int) {
        var buffer = ByteBuffer(string: "what was here before")
        let line = Array(repeating: UInt8(ascii: "x"), count: count)
        var calls = 0
        buffer.hold { head in
            calls += 1
            head.write(line)
            head.write(UInt8(ascii: "-"))
            head.write("end" as StaticString)
        }
        #expect(String(buffer: buffer) == String(repeating: "x", count: count) + "-end")
        #expect(calls <= 2)
        // With the room that there is by then, once is enough.
        calls = 0
        buffer.hold { head in
            calls += 1
            head.write(line.span)
        }
        #expect(buffer.readableBytes == count && calls == 1)
    }

    @Test("A decision's id is written as it is shown")
    func identifiers() {
        for random in [(UInt16.min, UInt64.min), (UInt16.max, UInt64.max), (0x1234, 0x5678_9ABC_DEF0_1234)] {
            let decision = DecisionID(time: Timestamp(microseconds: 1_767_225_600_000_000), random: random)
            var buffer = ByteBuffer()
            buffer.hold { $0.write(decision) }
            #expect(String(buffer: buffer) == decision.description)
        }
    }
}
