/// The name of one decision, for the person who was refused and for the auditor who looks it up.
///
/// A ULID: 48 bits of Unix milliseconds and 80 random bits, written as 26 characters of Crockford's base 32. The random
/// bits are fresh each time, never counted up, so that knowing one id says nothing about its neighbours. The order of
/// decisions is their place in the log, not this id.
///
/// Source: ULID specification 1.0, <https://github.com/ulid/spec>.
package struct DecisionID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The first 64 of the 128 bits: the time and 16 random bits.
    package let high: UInt64
    /// The last 64 bits, all random.
    package let low: UInt64

    /// The length of every written id.
    package static let textLength = 26

    /// Puts an id together from a moment and 80 random bits.
    package init(time: Timestamp, random: (UInt16, UInt64)) {
        let milliseconds = UInt64(max(0, time.microseconds) / 1000) & 0xFFFF_FFFF_FFFF
        self.high = milliseconds << 16 | UInt64(random.0)
        self.low = random.1
    }

    /// Takes over the 128 bits of an id.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads a written id; upper or lower case, `nil` for anything that is not exactly one.
    package init?(_ text: some StringProtocol) {
        self.init(bytes: ArraySlice(text.utf8))
    }

    /// Reads the bytes of a written id.
    init?(bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.textLength, let first = bytes.first, let leading = Self.value(of: first), leading < 8
        else {
            // 26 digits hold 130 bits: the first one may only be 0 to 7.
            return nil
        }
        var high = UInt64(0)
        var low = UInt64(0)
        for character in bytes {
            guard let digit = Self.value(of: character) else { return nil }
            high = high << 5 | low >> 59
            low = low << 5 | UInt64(digit)
        }
        self.high = high
        self.low = low
    }

    /// The moment in the id, to the millisecond.
    package var time: Timestamp { Timestamp(microseconds: Int64(self.high >> 16) * 1000) }

    package var description: String {
        var text = [UInt8](repeating: 0, count: Self.textLength)
        self.write { index, character in text[index] = character }
        return String(decoding: text, as: UTF8.self)
    }

    package static func < (a: Self, b: Self) -> Bool { (a.high, a.low) < (b.high, b.low) }

    /// Hands each of the 26 characters and its place to `put`, last one first.
    @inline(__always)
    func write(_ put: (Int, UInt8) -> Void) {
        var high = self.high
        var low = self.low
        for index in stride(from: Self.textLength - 1, through: 0, by: -1) {
            put(index, Self.digit(UInt8(low & 31)))
            low = low >> 5 | high << 59
            high >>= 5
        }
    }

    /// The character for five bits: `0-9`, then `A-Z` without I, L, O and U.
    @inline(__always)
    private static func digit(_ value: UInt8) -> UInt8 {
        let digits: StaticString = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        // A constant of 32 characters, which lives as long as the program.
        return unsafe digits.utf8Start[Int(value & 31)]
    }

    private static func value(of character: UInt8) -> UInt8? {
        let upper = (0x61...0x7A).contains(character) ? character - 0x20 : character
        switch upper {
        case 0x30...0x39: return upper - 0x30
        case 0x41...0x48: return upper - 0x37
        case 0x4A...0x4B: return upper - 0x38
        case 0x4D...0x4E: return upper - 0x39
        case 0x50...0x54: return upper - 0x3A
        case 0x56...0x5A: return upper - 0x3B
        default: return nil
        }
    }
}
