/// Moments as directories write them, in seconds since 1970 (UTC).
package enum DirectoryTime {
    /// Reads a generalized time, such as `20261123184500Z` or `20261123184500.123Z`; minutes and seconds may be missing.
    ///
    /// Source: RFC 4517, section 3.3.13. Offsets from UTC are read too.
    package static func generalized(_ text: String) -> Int64? {
        let octets = Array(text.utf8)
        let digits = octets.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        guard [10, 12, 14].contains(digits.count) else { return nil }
        func number(_ from: Int, _ count: Int) -> Int64 {
            guard from + count <= digits.count else { return 0 }
            return digits[from..<from + count].reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        }
        let (month, day) = (number(4, 2), number(6, 2))
        let (hour, minute, second) = (number(8, 2), number(10, 2), number(12, 2))
        guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60 else { return nil }
        var rest = octets.dropFirst(digits.count)
        if rest.first == UInt8(ascii: ".") || rest.first == UInt8(ascii: ",") {
            rest = rest.dropFirst().drop { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        }
        guard let offset = Self.offset(rest) else { return nil }
        let days = Self.days(year: number(0, 4), month: month, day: day)
        return days * 86_400 + hour * 3_600 + minute * 60 + second - offset
    }

    /// Writes a moment as a generalized time in UTC.
    package static func generalized(_ moment: Int64) -> String {
        let (days, second) = (moment / 86_400, moment % 86_400)
        // The inverse of ``days(year:month:day:)``.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let fields = [month, dayOfYear - (153 * part + 2) / 5 + 1, second / 3_600, second / 60 % 60, second % 60]
        return "\(year)" + fields.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined() + "Z"
    }

    /// Reads a count of 100 ns since 1601, as Active Directory writes moments; `nil` for its two ways to say "never".
    ///
    /// Source: [MS-DTYP] 2.3.3 (FILETIME); [MS-ADA1] 2.1 (accountExpires).
    static func fileTime(_ count: Int64) -> Int64? {
        guard count > 0, count != .max else { return nil }
        return count / 10_000_000 - 11_644_473_600
    }

    private static func offset(_ text: ArraySlice<UInt8>) -> Int64? {
        guard let sign = text.first else { return nil }
        if sign == UInt8(ascii: "Z") { return text.count == 1 ? 0 : nil }
        let digits = text.dropFirst()
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), digits.count == 4 || digits.count == 2,
            let number = Int64(String(decoding: digits, as: UTF8.self)), number >= 0
        else { return nil }
        let seconds = digits.count == 2 ? number * 3_600 : number / 100 * 3_600 + number % 100 * 60
        return sign == UInt8(ascii: "+") ? seconds : -seconds
    }

    // Days since 1970 in the Gregorian calendar: years begin in March, so that the leap day is the last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
