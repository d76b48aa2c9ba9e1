import DecisionLog
import Testing

@Suite("Decision ids and moments")
struct DecisionIDTests {
    @Test("The id of the ULID specification reads and writes")
    func reference() throws {
        let id = try #require(DecisionID("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
        #expect(id.description == "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        #expect(id.time.microseconds == 1_469_922_850_259_000)
        #expect(DecisionID("01arz3ndektsv4rrffq69g5fav") == id)
    }

    @Test("Every bit pattern comes back", arguments: [0, 1, 31, 0x8000_0000_0000_0000, UInt64.max])
    func roundTrip(low: UInt64) throws {
        for high in [0, 1, UInt16.max] {
            let id = DecisionID(time: Timestamp(microseconds: 1_700_000_000_000_000), random: (high, low))
            #expect(DecisionID(id.description) == id)
        }
    }

    @Test(
        "What is not exactly an id is none",
        arguments: [
            "", "01ARZ3NDEKTSV4RRFFQ69G5FA", "81ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAU",
            "01ARZ3NDEKTSV4RRFFQ69G5FA ",
        ]
    )
    func malformed(text: String) {
        #expect(DecisionID(text) == nil)
    }

    @Test(
        "Moments are written with six digits and read with up to six",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01", 0), ("2026-11-23T18:47:39.123456Z", 1_795_459_659_123_456),
            ("2024-02-29T23:59:59.5Z", 1_709_251_199_500_000),
        ] as [(String, Int64)]
    )
    func moments(text: String, microseconds: Int64) throws {
        let time = try #require(Timestamp(text))
        #expect(time.microseconds == microseconds)
        #expect(Timestamp(time.description) == time)
        #expect(time.description.utf8.count == Timestamp.textLength)
    }

    @Test(
        "Days and hours that do not exist are refused",
        arguments: [
            "2023-02-29", "2026-13-01", "2026-00-10", "2026-11-31", "2026-11-23T24:00:00Z", "2026-11-23T10:60:00Z",
            "2026-11-23T10:00:00", "2026-11-23T10:00:00+01:00", "2026-11-23T10:00:00.1234567Z", "yesterday",
        ]
    )
    func impossibleMoments(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("Causes have names, and each name one cause")
    func causes() {
        #expect(Causes([.label, .role]).names == ["label", "role"])
        for (cause, name) in Causes.named { #expect(Causes(name: name) == cause) }
        #expect(Causes(name: "luck") == nil)
    }
}
