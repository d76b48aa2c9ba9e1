/// A day in UTC: the unit in which the index is cut into files and kept or removed.
///
/// Source: H. Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil` and `civil_from_days`.
package struct CalendarDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Days since 1970-01-01.
    package let daysSince1970: Int64

    package init(daysSince1970: Int64) { self.daysSince1970 = daysSince1970 }

    /// Reads `2026-11-23`; `nil` when there is no such day.
    package init?(_ text: some StringProtocol) { self.init(ArraySlice(text.utf8)) }

    init?(_ bytes: ArraySlice<UInt8>) {
        let dash = UInt8(ascii: "-")
        let start = bytes.startIndex
        guard bytes.count == 10, bytes[start + 4] == dash, bytes[start + 7] == dash,
            let year = TimestampText.number(bytes[start..<start + 4]),
            let month = TimestampText.number(bytes[start + 5..<start + 7]), (1...12).contains(month),
            let day = TimestampText.number(bytes[start + 8..<start + 10]), (1...31).contains(day)
        else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.daysSince1970 = era * 146_097 + dayOfEra - 719_468
        // The 31st of a month with 30 days comes back as the first of the next.
        guard self.civil.month == month, self.civil.day == day else { return nil }
    }

    /// The first moment of the day.
    package var start: Timestamp { Timestamp(microseconds: self.daysSince1970 * 86_400_000_000) }

    package func adding(days: Int64) -> CalendarDay { CalendarDay(daysSince1970: self.daysSince1970 + days) }

    package static func < (a: Self, b: Self) -> Bool { a.daysSince1970 < b.daysSince1970 }

    package var description: String {
        var text: [UInt8] = []
        self.append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    func append(to text: inout [UInt8]) {
        let (year, month, day) = self.civil
        TimestampText.append(year, digits: 4, to: &text)
        text.append(UInt8(ascii: "-"))
        TimestampText.append(month, digits: 2, to: &text)
        text.append(UInt8(ascii: "-"))
        TimestampText.append(day, digits: 2, to: &text)
    }

    private var civil: (year: Int64, month: Int64, day: Int64) {
        let shifted = self.daysSince1970 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
