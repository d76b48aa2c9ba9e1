import Glibc

/// The texts that were made last of methods and paths: most requests ask for what was asked for a moment ago, and then no
/// text is made.
///
/// A table in which each text has one place; what comes there next takes it.
struct TextMemo {
    private var slots: [(bytes: [UInt8], text: String)?] = Array(repeating: nil, count: 256)

    /// Longer texts are rare and not worth keeping.
    private static let longest = 512

    /// The bytes as text; what is not UTF-8 becomes U+FFFD.
    mutating func text(of bytes: Span<UInt8>) -> String {
        guard bytes.count <= Self.longest else { return Self.make(bytes) }
        let slot = Self.slot(of: bytes)
        if let known = self.slots[slot], Self.isSame(known.bytes, bytes) { return known.text }
        let text = Self.make(bytes)
        self.slots[slot] = (unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }, text)
        return text
    }

    private static func make(_ bytes: Span<UInt8>) -> String {
        // The bytes are copied within the call.
        unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    private static func isSame(_ known: [UInt8], _ bytes: Span<UInt8>) -> Bool {
        guard known.count == bytes.count else { return false }
        // Both are only read, within the call, and have been found to be of the same length.
        return unsafe bytes.withUnsafeBytes { here in
            unsafe known.withUnsafeBytes { there in
                guard let one = here.baseAddress, let other = there.baseAddress else { return true }
                return unsafe memcmp(one, other, here.count) == 0
            }
        }
    }

    /// FNV-1a: whoever chooses paths that share a place only makes a text anew each time.
    private static func slot(of bytes: Span<UInt8>) -> Int {
        var hash = UInt64(truncatingIfNeeded: bytes.count)
        for index in bytes.indices { hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3 }
        return Int(truncatingIfNeeded: (hash >> 32) ^ hash) & 255
    }
}
