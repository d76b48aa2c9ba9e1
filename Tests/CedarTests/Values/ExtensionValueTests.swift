import Cedar
import Testing

@Suite("Extension values")
struct ExtensionValueTests {
    @Test(
        "Decimals have one to four digits after the point",
        arguments: [
            ("0.0", 0), ("1.5", 15_000), ("-1.5", -15_000), ("00.10", 1_000), ("12.3456", 123_456),
            ("922337203685477.5807", Int64.max), ("-922337203685477.5808", Int64.min), ("-0.0", 0),
            ("922337203685477.5808", nil), ("1", nil), ("1.", nil), (".5", nil), ("1.00000", nil), ("+1.0", nil),
            ("", nil),
            ("1.0 ", nil), ("1.0.0", nil), ("\u{661}.0", nil),
        ] as [(String, Int64?)]
    )
    func decimals(text: String, tenThousandths: Int64?) {
        #expect(DecimalValue(text)?.tenThousandths == tenThousandths)
    }

    @Test(
        "Durations name each unit at most once, the largest first",
        arguments: [
            ("0ms", 0), ("1d2h3m4s5ms", 93_784_005), ("-90m", -5_400_000), ("36h", 129_600_000),
            ("9223372036854775807ms", Int64.max), ("-9223372036854775808ms", Int64.min),
            ("9223372036854775808ms", nil), ("1h1d", nil), ("1d1d", nil), ("", nil), ("-", nil), ("5", nil),
            ("1.5h", nil),
            ("--1d", nil), ("1 d", nil), ("106751991168d", nil),
        ] as [(String, Int64?)]
    )
    func durations(text: String, milliseconds: Int64?) {
        #expect(DurationValue(text)?.milliseconds == milliseconds)
    }

    @Test(
        "Moments are dates, with or without a time and an offset",
        arguments: [
            ("1970-01-01", 0), ("2024-10-15", 1_728_950_400_000), ("2024-10-15T11:35:00Z", 1_728_992_100_000),
            ("2024-10-15T11:35:00.000+0100", 1_728_988_500_000), ("1969-12-31T23:59:59.999Z", -1),
            ("0000-01-01", -62_167_219_200_000),
            ("2024-02-29", 1_709_164_800_000), ("2023-02-29", nil), ("2024-13-01", nil), ("2024-01-01T24:00:00Z", nil),
            ("2024-01-01T00:00:60Z", nil), ("2024-01-01T00:00:00", nil), ("2024-01-01T00:00:00.00Z", nil),
            ("2024-01-01T00:00:00+2400", nil), ("2024-01-01T00:00:00+0060", nil), ("24-01-01", nil),
            ("2024-01-01 ", nil),
        ] as [(String, Int64?)]
    )
    func datetimes(text: String, milliseconds: Int64?) {
        #expect(DatetimeValue(text)?.millisecondsSinceEpoch == milliseconds)
    }

    @Test("Midnight is never after its moment, and the time of day never negative")
    func midnights() throws {
        for milliseconds: Int64 in [0, 1, -1, 86_399_999, 86_400_000, -86_400_000, -86_400_001, .max] {
            let moment = DatetimeValue(millisecondsSinceEpoch: milliseconds)
            let date = try #require(moment.date)
            #expect(date <= moment)
            #expect((0..<86_400_000).contains(moment.time.milliseconds))
            #expect(date.offset(by: moment.time) == moment)
        }
        #expect(DatetimeValue(millisecondsSinceEpoch: .min).date == nil)
    }

    @Test(
        "Addresses are written one way",
        arguments: [
            "127.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "::", "::1", "1::", "1:2:3:4:5:6:7:8", "fe80::1/10", "FFFF::/16",
            "1:2:3:4:5:6:7::",
        ]
    )
    func addresses(text: String) {
        #expect(IPAddressValue(text) != nil)
    }

    @Test(
        "What is almost an address is none",
        arguments: [
            "", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.4/33", "1.2.3.4/08", "1.2.3.4/", "1.2.3.4/+1",
            ":::", "1::2::3",
            "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "12345::", "::ffff:1.2.3.4", "::/129", " ::1", "g::",
            "1:2:3:4:5:6:7:8::",
        ]
    )
    func notAddresses(text: String) {
        #expect(IPAddressValue(text) == nil)
    }

    @Test(
        "A range lies in another of the same family",
        arguments: [
            ("10.1.2.3", "10.0.0.0/8", true), ("10.0.0.0/7", "10.0.0.0/8", false), ("10.0.0.0/8", "10.0.0.0/8", true),
            ("0.0.0.0/0", "10.0.0.0/8", false), ("::1", "::/0", true), ("10.0.0.1", "::/0", false),
            ("10.9.9.9/8", "10.0.0.0/8", true),
        ]
    )
    func ranges(inner: String, outer: String, isInRange: Bool) throws {
        let inner = try #require(IPAddressValue(inner))
        #expect(inner.isInRange(try #require(IPAddressValue(outer))) == isInRange)
    }

    @Test("A range is loopback or multicast only as a whole")
    func specialRanges() throws {
        #expect(try #require(IPAddressValue("127.9.9.9/8")).isLoopback)
        #expect(try !#require(IPAddressValue("127.0.0.1/7")).isLoopback)
        #expect(try #require(IPAddressValue("::1")).isLoopback)
        #expect(try !#require(IPAddressValue("::1/127")).isLoopback)
        #expect(try #require(IPAddressValue("224.0.0.1")).isMulticast)
        #expect(try !#require(IPAddressValue("224.0.0.1/3")).isMulticast)
        #expect(try #require(IPAddressValue("ff02::1")).isMulticast)
    }
}
