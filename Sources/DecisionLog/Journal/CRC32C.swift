/// The checksum of journal frames: finds torn and rotten bytes, and is no protection against people.
///
/// Sixteen tables, so that sixteen bytes are taken in one step.
///
/// Source: RFC 3720, appendix B.4 (Castagnoli polynomial, reflected); slicing: M. E. Kounavis and F. L. Berry, "Novel
/// Table Lookup-Based Algorithms for High-Performance CRC Generation" (2008).
struct CRC32C {
    private var state = UInt32.max

    /// The checksum of everything taken so far.
    var value: UInt32 { ~self.state }

    /// Takes up a number, low byte first.
    mutating func update<Number: FixedWidthInteger>(_ number: Number) {
        unsafe withUnsafeBytes(of: number.littleEndian) { unsafe self.update($0) }
    }

    /// Takes up bytes.
    @unsafe mutating func update(_ bytes: UnsafeRawBufferPointer) {
        self.state = unsafe Self.tables.withUnsafeBufferPointer { tables in
            var state = self.state
            var position = 0
            while position + 16 <= bytes.count {
                let first = unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) ^ UInt64(state)
                let second = unsafe bytes.loadUnaligned(fromByteOffset: position + 8, as: UInt64.self)
                var next: UInt32 = 0
                for byte in 0..<8 {
                    next ^= unsafe tables[(15 - byte) * 256 + Int(first >> UInt64(8 * byte) & 0xFF)]
                    next ^= unsafe tables[(7 - byte) * 256 + Int(second >> UInt64(8 * byte) & 0xFF)]
                }
                state = next
                position += 16
            }
            while position < bytes.count {
                state = unsafe tables[Int((state ^ UInt32(bytes[position])) & 0xFF)] ^ state >> 8
                position += 1
            }
            return state
        }
    }

    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 16 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
            tables[byte] = value
        }
        for index in 256..<16 * 256 {
            tables[index] = tables[index - 256] >> 8 ^ tables[Int(tables[index - 256] & 0xFF)]
        }
        return tables
    }()
}
