import Glibc

/// A moment in UTC, in microseconds since 1970.
///
/// Written as `2026-11-23T18:47:39.123456Z`, always 27 characters, so that text order is time order.
///
/// Source: RFC 3339; leap seconds are not counted (POSIX time).
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Microseconds since 1970-01-01T00:00:00Z.
    package var microseconds: Int64

    /// The length of every written moment.
    package static let textLength = 27

    package init(microseconds: Int64) { self.microseconds = microseconds }

    /// The wall clock, now.
    package static func now() -> Timestamp {
        var clock = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &clock)
        return Timestamp(microseconds: Int64(clock.tv_sec) * 1_000_000 + Int64(clock.tv_nsec) / 1000)
    }

    /// Whole seconds since 1970, rounded down.
    package var seconds: Int64 {
        self.microseconds >= 0 ? self.microseconds / 1_000_000 : (self.microseconds - 999_999) / 1_000_000
    }

    /// The UTC day.
    package var day: CalendarDay { CalendarDay(daysSince1970: Self.floorDivide(self.seconds, 86_400)) }

    /// The UTC hour, counted from 1970.
    package var hour: Int64 { Self.floorDivide(self.seconds, 3600) }

    package func adding(seconds: Int64) -> Timestamp {
        Timestamp(microseconds: self.microseconds + seconds * 1_000_000)
    }

    package static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }

    package var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(Self.textLength)
        TimestampText.append(self, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads `2026-11-23`, `2026-11-23T18:47:39Z` or with a fraction of up to six digits; UTC only.
    ///
    /// - Returns: `nil` for anything else, and for days or hours that do not exist.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, let day = CalendarDay(bytes[..<10]) else { return nil }
        var microseconds = day.daysSince1970 * 86_400_000_000
        if bytes.count > 10 {
            guard let clock = TimestampText.clock(bytes[10...]) else { return nil }
            microseconds += clock
        }
        self.microseconds = microseconds
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : (a - b + 1) / b }
}

/// The written form of a ``Timestamp``.
enum TimestampText {
    static func append(_ time: Timestamp, to text: inout [UInt8]) {
        let seconds = time.seconds
        let day = time.day
        let ofDay = seconds - day.daysSince1970 * 86_400
        day.append(to: &text)
        text.append(UInt8(ascii: "T"))
        Self.append(ofDay / 3600, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Self.append(ofDay / 60 % 60, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Self.append(ofDay % 60, digits: 2, to: &text)
        text.append(UInt8(ascii: "."))
        Self.append(time.microseconds - seconds * 1_000_000, digits: 6, to: &text)
        text.append(UInt8(ascii: "Z"))
    }

    /// Appends `value` in decimal with leading zeros.
    static func append(_ value: Int64, digits: Int, to text: inout [UInt8]) {
        var divisor: Int64 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }

    /// Reads `T18:47:39Z` with an optional fraction, in microseconds.
    static func clock(_ bytes: ArraySlice<UInt8>) -> Int64? {
        var rest = bytes
        func two(_ prefix: UInt8, below limit: Int64) -> Int64? {
            guard rest.count >= 3, rest.removeFirst() == prefix else { return nil }
            guard let value = Self.number(rest.prefix(2)), value < limit else { return nil }
            rest = rest.dropFirst(2)
            return value
        }
        guard let hour = two(UInt8(ascii: "T"), below: 24), let minute = two(UInt8(ascii: ":"), below: 60),
            let second = two(UInt8(ascii: ":"), below: 60)
        else { return nil }
        var fraction: Int64 = 0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { $0 != UInt8(ascii: "Z") }
            guard (1...6).contains(digits.count), let value = Self.number(digits) else { return nil }
            fraction = value
            for _ in digits.count..<6 { fraction *= 10 }
            rest = rest.dropFirst(1 + digits.count)
        }
        guard rest.count == 1, rest.first == UInt8(ascii: "Z") else { return nil }
        return ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
    }

    static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int64(digit - 0x30)
        }
        return value
    }
}
