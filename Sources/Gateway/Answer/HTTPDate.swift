import DecisionLog

/// The value of a `Date` field.
///
/// Source: RFC 9110, section 5.6.7; the calendar from H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
enum HTTPDate {
    /// A moment as `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func text(of time: Timestamp) -> [UInt8] {
        let seconds = Int(time.microseconds / 1_000_000)
        let days = seconds / 86_400
        let second = seconds % 86_400
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days % 7]
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = [second / 3_600, second / 60 % 60, second % 60].map(Self.twoDigits).joined(separator: ":")
        return Array("\(weekday), \(Self.twoDigits(day)) \(names[month - 1]) \(year) \(clock) GMT".utf8)
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
