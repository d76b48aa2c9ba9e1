import Testing

@testable import HTTP1

@Suite("Bytes")
struct ByteScanningTests {
    @Test("The classes hold what the grammars say, over all 256 bytes")
    func classes() {
        let alphanumeric = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        let token = alphanumeric.union("!#$%&'*+-.^_`|~".utf8)
        let segment = alphanumeric.union("-._~!$&'()*+,=:@".utf8)
        let unreserved = alphanumeric.union("-._~".utf8)
        for byte in UInt8.min...UInt8.max {
            #expect(ByteClass.token.contains(byte) == token.contains(byte))
            #expect(ByteClass.segment.contains(byte) == segment.contains(byte))
            #expect(ByteClass.unreserved.contains(byte) == unreserved.contains(byte))
            #expect(
                hexValue(byte) == Character(Unicode.Scalar(byte)).hexDigitValue.flatMap { byte < 128 ? UInt8($0) : nil }
            )
        }
    }

    @Test("Eight bytes at a time finds what one at a time finds, for every byte at every place")
    func scanning() {
        for length in [0, 1, 7, 8, 9, 15, 16, 17, 24] {
            for place in 0..<max(length, 1) {
                for byte in UInt8.min...UInt8.max {
                    var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                    if place < length { bytes[place] = byte }
                    if place + 1 < length { bytes[place + 1] = 0x0D }  // what stands behind must not matter
                    let control = bytes.firstIndex { $0 < 0x20 || $0 == 0x7F } ?? length
                    let invisible = bytes.firstIndex { $0 < 0x21 || $0 >= 0x7F } ?? length
                    #expect(bytes.span.firstControl(from: 0) == control)
                    #expect(bytes.span.firstInvisible(from: 0) == invisible)
                    #expect(bytes.span.hasLineFeed(from: 0) == bytes.contains(0x0A))
                    #expect(bytes.span.hasLineFeed(from: length) == false)
                }
            }
        }
    }

    @Test("Every fault has a status that Stile answers with, and words of its own")
    func faults() {
        for fault in HTTPFault.allCases {
            #expect([400, 405, 413, 414, 417, 431, 505].contains(fault.status))
        }
        #expect(Set(HTTPFault.allCases.map(\.description)).count == HTTPFault.allCases.count)
    }
}
