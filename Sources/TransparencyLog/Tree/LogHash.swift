public import Crypto

/// A SHA-256 value of the log: of an entry, of a subtree, or of the whole tree.
///
/// Held inline in 32 bytes, because a tree moves millions of them and an array for each would cost more than the hash.
///
/// Source: RFC 9162, section 2.1.1.
public struct LogHash: Hashable, Sendable, CustomStringConvertible {
    /// The number of bytes of every hash.
    public static let byteCount = 32

    @usableFromInline var words: (UInt64, UInt64, UInt64, UInt64)

    /// Thirty-two zero bytes: a place to be filled, never the hash of anything.
    public static let zero = LogHash(words: (0, 0, 0, 0))

    /// Takes over a digest.
    public init(_ digest: SHA256Digest) {
        self.words = unsafe digest.withUnsafeBytes { bytes in
            unsafe bytes.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self)
        }
    }

    /// Reads 32 bytes; `nil` when there are more or fewer.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self = unsafe Array(bytes).withUnsafeBytes { unsafe LogHash(reading: $0) }
    }

    /// The bytes, as an array.
    public var bytes: [UInt8] { unsafe self.withUnsafeBytes { unsafe Array($0) } }

    /// The hash in standard base 64, 44 characters.
    public var base64: String { String(decoding: Base64.encoded(self.bytes), as: UTF8.self) }

    /// Reads a hash written in standard base 64.
    public init?(base64: some StringProtocol) {
        guard let bytes = Base64.decoded(base64.utf8) else { return nil }
        self.init(bytes)
    }

    /// Sixty-four hex digits.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: self.bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Reads the first 32 bytes of a buffer that has as many.
    @inlinable
    @unsafe public init(reading buffer: UnsafeRawBufferPointer) {
        self.words = unsafe buffer.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self)
    }

    /// Lends the 32 bytes without copying them.
    @inlinable
    @unsafe public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe Swift.withUnsafeBytes(of: self.words) { unsafe body($0) }
    }

    /// Whether both are the same hash.
    public static func == (a: Self, b: Self) -> Bool { a.words == b.words }

    /// Hashes are evenly spread already: their first word says enough.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.words.0) }

    private init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }
}
