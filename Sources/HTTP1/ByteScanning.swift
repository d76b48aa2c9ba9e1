/// The bytes of names and delimiters, named once.
enum Octet {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let delete: UInt8 = 0x7F
}

/// Scanning eight bytes at a time.
///
/// This is the only file of the room that looks at memory other than byte by byte. Every load is bounds-checked; it is
/// marked because the standard library calls any load of another type from raw memory unsafe.
extension Span<UInt8> {
    /// Eight bytes, the first in the lowest place.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        // An integer has no invalid bit patterns, the load is unaligned by contract and checked against the bounds.
        UInt64(littleEndian: unsafe self.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Up to eight bytes from `range`, the first in the lowest place, the rest zero.
    @inline(__always)
    func word(of range: Range<Int>) -> UInt64 {
        if range.lowerBound &+ 8 <= self.count {
            return self.word(at: range.lowerBound) & (UInt64.max &>> UInt64(64 &- 8 &* range.count))
        }
        var word: UInt64 = 0
        for offset in range.reversed() { word = word &<< 8 | UInt64(self[offset]) }
        return word
    }

    /// The first position from `start` that holds a control byte (0x00 to 0x1F, 0x7F), or the end.
    @inline(__always)
    func firstControl(from start: Int) -> Int {
        var offset = start
        while offset &+ 8 <= self.count {
            let word = self.word(at: offset)
            let marks = marksBelow(0x20, in: word) | marksEqual(Octet.delete, in: word)
            if marks != 0 { return offset &+ marks.trailingZeroBitCount / 8 }
            offset &+= 8
        }
        while offset < self.count, self[offset] >= 0x20, self[offset] != Octet.delete { offset &+= 1 }
        return offset
    }

    /// Whether these bytes can stand as a value in a head without ending a line or hiding one.
    package var isFieldValue: Bool { self.firstControl(from: 0) == self.count }

    /// The first position from `start` that holds anything but visible ASCII (0x21 to 0x7E), or the end.
    @inline(__always)
    func firstInvisible(from start: Int) -> Int {
        var offset = start
        while offset &+ 8 <= self.count {
            let word = self.word(at: offset)
            let marks = marksBelow(0x21, in: word) | marksEqual(Octet.delete, in: word) | (word & Self.highBits)
            if marks != 0 { return offset &+ marks.trailingZeroBitCount / 8 }
            offset &+= 8
        }
        while offset < self.count, self[offset] > 0x20, self[offset] < Octet.delete { offset &+= 1 }
        return offset
    }

    /// Whether there is a line feed at or after `start`.
    func hasLineFeed(from start: Int) -> Bool {
        var offset = start
        while offset &+ 8 <= self.count {
            if marksEqual(Octet.lineFeed, in: self.word(at: offset)) != 0 { return true }
            offset &+= 8
        }
        while offset < self.count {
            if self[offset] == Octet.lineFeed { return true }
            offset &+= 1
        }
        return false
    }

    /// Whether the bytes of `range` are exactly `text`.
    @inline(__always)
    func equals(_ text: StaticString, in range: Range<Int>) -> Bool {
        // A static string is a constant of the program: its bytes outlive the call.
        text.withUTF8Buffer { expected in
            guard expected.count == range.count else { return false }
            for index in 0..<expected.count where unsafe self[range.lowerBound &+ index] != expected[index] {
                return false
            }
            return true
        }
    }

    /// Whether the bytes of `range` are `text`, a small-letter text, in any mixture of cases.
    @inline(__always)
    func equalsIgnoringCase(_ text: StaticString, in range: Range<Int>) -> Bool {
        // As above: a constant of the program.
        text.withUTF8Buffer { expected in
            guard expected.count == range.count else { return false }
            for index in 0..<expected.count
            where unsafe lowercased(self[range.lowerBound &+ index]) != expected[index] {
                return false
            }
            return true
        }
    }

    /// Whether two ranges hold the same bytes, ASCII capitals and small letters being alike.
    func equalsIgnoringCase(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
        guard one.count == other.count else { return false }
        for index in 0..<one.count
        where lowercased(self[one.lowerBound &+ index]) != lowercased(self[other.lowerBound &+ index]) {
            return false
        }
        return true
    }

    /// `range` without the spaces and tabs at its ends.
    @inline(__always)
    func trimmingBlanks(_ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, self[lower] == Octet.space || self[lower] == Octet.tab { lower &+= 1 }
        while lower < upper, self[upper &- 1] == Octet.space || self[upper &- 1] == Octet.tab { upper &-= 1 }
        return lower..<upper
    }

    fileprivate static var highBits: UInt64 { 0x8080_8080_8080_8080 }
}

/// The same byte in all eight places.
@inline(__always)
private func repeated(_ byte: UInt8) -> UInt64 {
    UInt64(byte) &* 0x0101_0101_0101_0101
}

/// Marks the high bit of bytes that are below `limit` (at most 0x80).
///
/// Exact for the lowest mark, which is the only one used: a borrow can only spoil the bytes above a true one.
@inline(__always)
private func marksBelow(_ limit: UInt8, in word: UInt64) -> UInt64 {
    (word &- repeated(limit)) & ~word & 0x8080_8080_8080_8080
}

/// Marks the high bit of bytes that equal `byte`; exact for the lowest mark.
@inline(__always)
private func marksEqual(_ byte: UInt8, in word: UInt64) -> UInt64 {
    marksBelow(1, in: word ^ repeated(byte))
}
