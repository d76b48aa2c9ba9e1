/// The Castagnoli checksum: finds every burst of up to 32 flipped bits.
///
/// Bit by bit, since bindings are few and short.
///
/// Source: RFC 3720, appendix B.4.
enum CRC32C {
    /// The checksum of some bytes.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var remainder: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 0 ? remainder >> 1 : (remainder >> 1) ^ 0x82F6_3B78 }
        }
        return ~remainder
    }
}
