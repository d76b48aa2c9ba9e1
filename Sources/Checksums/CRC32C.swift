import CChecksums

/// The Castagnoli checksum: finds torn and rotten bytes, every burst of up to 32 flipped bits, and is no protection
/// against people.
///
/// By the processor's own instruction where it has one: every record of the journal is summed twice, when it is written
/// and when it is sealed, and with tables that was a third of the writer's time.
///
/// Source: RFC 3720, appendix B.4.
package struct CRC32C: Sendable {
    private var state = UInt32.max

    package init() {}

    /// The checksum of everything taken so far.
    package var value: UInt32 { ~self.state }

    /// Takes up a number, low byte first.
    package mutating func update<Number: FixedWidthInteger>(_ number: Number) {
        unsafe withUnsafeBytes(of: number.littleEndian) { unsafe self.update($0) }
    }

    /// Takes up bytes.
    package mutating func update(_ bytes: borrowing [UInt8]) {
        // The bytes are only read, within the call.
        unsafe bytes.withUnsafeBytes { unsafe self.update($0) }
    }

    /// Takes up bytes.
    @unsafe package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        self.state = unsafe cchecksums_crc32c(self.state, start, bytes.count)
    }

    /// The checksum of these bytes, with the processor's instruction or without.
    package static func checksum(_ bytes: [UInt8], byInstruction: Bool = true) -> UInt32 {
        // The bytes are only read, within the call.
        unsafe bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return 0 }
            let state =
                byInstruction
                ? unsafe cchecksums_crc32c(.max, start, buffer.count)
                : unsafe cchecksums_crc32c_portable(.max, start, buffer.count)
            return ~state
        }
    }
}
