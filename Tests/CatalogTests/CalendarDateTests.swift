import Catalog
import Testing

@Suite("Calendar dates")
struct CalendarDateTests {
    @Test(
        "Days are counted from 1970",
        arguments: [
            ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2000-03-01", 11_017),
            ("2025-02-01", 20_120), ("2100-03-01", 47_541), ("0000-03-01", -719_468),
        ]
    )
    func days(text: String, days: Int) {
        #expect(CalendarDate(text)?.daysSinceEpoch == days)
        #expect(CalendarDate(daysSinceEpoch: days).description == text)
    }

    @Test("Every day of eight centuries reads back as itself and follows the one before")
    func roundTrip() {
        for days in -150_000...150_000
        where CalendarDate(CalendarDate(daysSinceEpoch: days).description)?.daysSinceEpoch != days {
            Issue.record("day \(days)")
        }
    }

    @Test(
        "What is no day is not read",
        arguments: [
            "", "2025-2-1", "2025-02-30", "2025-13-01", "2025-00-01", "2025-01-00", "2100-02-29", "2025/02/01",
            "2025-02-01 ", "+025-02-01", "２025-02-01",
        ]
    )
    func malformed(text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test(
        "An instant falls on its day in UTC",
        arguments: [(0, 0), (86_399_999_999, 0), (86_400_000_000, 1), (-1, -1)]
    )
    func instant(microseconds: Int64, day: Int) {
        #expect(CalendarDate(microsecondsSinceEpoch: microseconds).daysSinceEpoch == day)
    }

    @Test("A label is due on its own date, else so many days after it was given")
    func due() throws {
        let given = try #require(CalendarDate("2025-02-01"))
        #expect(given.advanced(by: 365).description == "2026-02-01")
        #expect(given.advanced(by: 365).days(since: given) == 365)
    }
}
