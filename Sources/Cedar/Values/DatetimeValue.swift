/// A moment in time, in milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Source: Cedar RFC 80, "datetime extension".
public struct DatetimeValue: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Milliseconds since the epoch, negative before it.
    public let millisecondsSinceEpoch: Int64

    private static let millisecondsPerDay: Int64 = 86_400_000

    /// The moment so many milliseconds after the epoch.
    public init(millisecondsSinceEpoch: Int64) {
        self.millisecondsSinceEpoch = millisecondsSinceEpoch
    }

    /// Reads one of the five written forms.
    ///
    ///     YYYY-MM-DD                     YYYY-MM-DDThh:mm:ssZ        YYYY-MM-DDThh:mm:ss.SSSZ
    ///     YYYY-MM-DDThh:mm:ss(+|-)hhmm   YYYY-MM-DDThh:mm:ss.SSS(+|-)hhmm
    ///
    /// Fails, giving `nil`, when the form is wrong or the date does not exist.
    public init?(_ text: String) {
        var reader = FixedFormReader(text)
        guard let year = reader.number(digits: 4), reader.skip("-"), let month = reader.number(digits: 2),
            reader.skip("-"),
            let day = reader.number(digits: 2), let days = Self.daysSinceEpoch(year: year, month: month, day: day)
        else { return nil }
        var milliseconds = days * Self.millisecondsPerDay
        if reader.isAtEnd {
            self.millisecondsSinceEpoch = milliseconds
            return
        }
        guard reader.skip("T"), let hour = reader.number(digits: 2), reader.skip(":"),
            let minute = reader.number(digits: 2),
            reader.skip(":"), let second = reader.number(digits: 2), hour < 24, minute < 60, second < 60
        else { return nil }
        milliseconds += (hour * 3_600 + minute * 60 + second) * 1_000
        if reader.skip(".") {
            guard let fraction = reader.number(digits: 3) else { return nil }
            milliseconds += fraction
        }
        if !reader.skip("Z") {
            let isEast = reader.skip("+")
            guard isEast || reader.skip("-"), let hours = reader.number(digits: 2),
                let minutes = reader.number(digits: 2),
                hours < 24, minutes < 60
            else { return nil }
            let offset = (hours * 60 + minutes) * 60_000
            milliseconds += isEast ? -offset : offset
        }
        guard reader.isAtEnd else { return nil }
        self.millisecondsSinceEpoch = milliseconds
    }

    /// This moment moved by a span; `nil` on overflow.
    public func offset(by duration: DurationValue) -> DatetimeValue? {
        let (sum, overflow) = self.millisecondsSinceEpoch.addingReportingOverflow(duration.milliseconds)
        return overflow ? nil : DatetimeValue(millisecondsSinceEpoch: sum)
    }

    /// The span from `other` to this moment; `nil` on overflow.
    public func durationSince(_ other: DatetimeValue) -> DurationValue? {
        let (span, overflow) = self.millisecondsSinceEpoch.subtractingReportingOverflow(other.millisecondsSinceEpoch)
        return overflow ? nil : DurationValue(milliseconds: span)
    }

    /// Midnight of this moment's day in UTC; `nil` on overflow.
    public var date: DatetimeValue? {
        let (midnight, overflow) = self.millisecondsSinceEpoch.subtractingReportingOverflow(self.time.milliseconds)
        return overflow ? nil : DatetimeValue(millisecondsSinceEpoch: midnight)
    }

    /// The time passed since midnight in UTC.
    public var time: DurationValue {
        let remainder = self.millisecondsSinceEpoch % Self.millisecondsPerDay
        return DurationValue(milliseconds: remainder < 0 ? remainder + Self.millisecondsPerDay : remainder)
    }

    /// By time.
    public static func < (a: DatetimeValue, b: DatetimeValue) -> Bool {
        a.millisecondsSinceEpoch < b.millisecondsSinceEpoch
    }

    /// The written form in UTC with milliseconds; outside the years 0 to 9999, an offset from the epoch.
    public var description: String {
        let time = self.time.milliseconds
        let days =
            (self.millisecondsSinceEpoch / Self.millisecondsPerDay)
            - (self.millisecondsSinceEpoch < 0 && time != 0 ? 1 : 0)
        let (year, month, day) = Self.civil(daysSinceEpoch: days)
        guard (0...9_999).contains(year) else { return "1970-01-01 + \(self.millisecondsSinceEpoch)ms" }
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        let clock = "\(padded(time / 3_600_000, 2)):\(padded(time / 60_000 % 60, 2)):\(padded(time / 1_000 % 60, 2))"
        return "\(date)T\(clock).\(padded(time % 1_000, 3))Z"
    }

    /// Days from 1970-01-01 in the proleptic Gregorian calendar; `nil` when there is no such day.
    private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64? {
        guard (1...12).contains(month), day >= 1, day <= daysIn(month: month, year: year) else { return nil }
        // The year is counted from March, so that the leap day is its last.
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func daysIn(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The inverse of ``daysSinceEpoch(year:month:day:)``.
    private static func civil(daysSinceEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

/// Reads fields of fixed width, one after another.
private struct FixedFormReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        self.bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { self.position == self.bytes.count }

    mutating func number(digits: Int) -> Int64? {
        guard self.position + digits <= self.bytes.count else { return nil }
        var number: Int64 = 0
        for byte in self.bytes[self.position..<self.position + digits] {
            guard byte.isDigit else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        self.position += digits
        return number
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard !self.isAtEnd, self.bytes[self.position] == UInt8(ascii: character) else { return false }
        self.position += 1
        return true
    }
}

private func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
