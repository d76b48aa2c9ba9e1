/// A day of the Gregorian calendar, as written in the catalog: `2025-02-01`.
///
/// Labels are given and reviewed by day, so nothing here has a time or a time zone.
package struct CalendarDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01, negative before.
    package let daysSinceEpoch: Int

    /// The day that many days after 1970-01-01.
    package init(daysSinceEpoch: Int) { self.daysSinceEpoch = daysSinceEpoch }

    /// The day, in UTC, of an instant given in microseconds since 1970-01-01T00:00:00Z.
    package init(microsecondsSinceEpoch microseconds: Int64) {
        let day: Int64 = 86_400_000_000
        // Floor division, so that instants before 1970 fall on the day before.
        self.daysSinceEpoch = Int(microseconds >= 0 ? microseconds / day : (microseconds + 1) / day - 1)
    }

    /// Reads `YYYY-MM-DD`; `nil` for anything else and for days that the calendar does not have.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
            let day = Self.number(bytes[8..<10]), (1...12).contains(month), day >= 1
        else { return nil }
        self.daysSinceEpoch = Self.days(year: year, month: month, day: day)
        // A day past the end of its month came out as a day of the next one.
        guard self.description == text else { return nil }
    }

    /// The day that many days later.
    package func advanced(by days: Int) -> CalendarDate { CalendarDate(daysSinceEpoch: self.daysSinceEpoch + days) }

    /// How many days from `earlier` to this day.
    package func days(since earlier: CalendarDate) -> Int { self.daysSinceEpoch - earlier.daysSinceEpoch }

    /// Whether `left` is the earlier day.
    package static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        left.daysSinceEpoch < right.daysSinceEpoch
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }

    /// Years are counted from March, so that the leap day is the last of its year, in eras of 400 years.
    ///
    /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension CalendarDate: CustomStringConvertible {
    /// The day as `YYYY-MM-DD`.
    package var description: String {
        let shifted = self.daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(Self.padded(year, to: 4))-\(Self.padded(month, to: 2))-\(Self.padded(day, to: 2))"
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
