import Testing
import TransparencyLog

@testable import DecisionLog

@Suite("Entries read for the index")
struct EntryDigesterTests {
    /// Records that differ in everything that the short way looks at.
    static let variants: [(String, @Sendable (inout DecisionRecord) -> Void)] = [
        ("plain", { _ in }),
        ("again", { _ in }),
        ("another moment", { $0.time = $0.time.adding(seconds: 3600) }),
        ("an earlier one", { $0.time = Timestamp(microseconds: 5) }),
        ("long to decide", { $0.micros = 4_000_000_000 }),
        ("no explanation", { $0.explanation = nil }),
        ("no flips", { $0.explanation?.flips = [] }),
        ("nobody", { $0.person?.who = RecordedPerson() }),
        ("a name with a trap", { $0.person?.who.name = "x\",\"peer\":\"1.1.1.1\",\"method\":\"Y\",\"path\":\"/" }),
        ("a path with escapes", { $0.person?.trace.path = "/a\"b\\c\n" }),
        ("a path in Greek", { $0.person?.trace.path = "/αβγ" }),
        ("an end", { $0.exchange = RecordedExchange(opening: $0.id, phase: .ended, bytesIn: 1, bytesOut: 2) }),
        ("a run", { $0.repetition = RecordedRepetition(count: 77, until: $0.time) }),
        ("another verdict", { $0.verdict.decision = .allow }),
        ("a verdict with a trap", { $0.verdict.action = ",\"person\":null,\"explanation\":null,\"facts\":null}" }),
    ]

    @Test("The short way and the long way say the same")
    func agreement() throws {
        let keys = try PersonKeys(store: MemoryStore(), master: .fresh())
        let key = try keys.key(for: "uuid:anna")
        var digester = EntryDigester(keys: keys)
        for (name, change) in Self.variants {
            var record = DecisionRecord(
                id: RecordFormTests.moment.id,
                time: RecordFormTests.moment.time,
                micros: 12,
                verdict: Samples.verdict,
                person: PersonPart(who: Samples.anna, trace: Samples.trace),
                explanation: Samples.explanation,
                facts: Samples.facts
            )
            change(&record)
            let payload = Self.payload(of: record, key)
            let entry = try #require(LogEntry(payload: payload[...]))
            let found = digester.digest(entry, at: 9)
            let short = try #require(found)
            let long = IndexedEntry(index: 9, record: record)
            #expect(short.id == long.id, "\(name)")
            #expect(short.time == long.time, "\(name)")
            #expect(short.micros == long.micros, "\(name)")
            #expect(short.count == long.count, "\(name)")
            #expect(short.verdict.value == long.verdict.value, "\(name)")
            #expect(short.person?.value == long.person?.value, "\(name)")
            #expect(short.flip == long.flip, "\(name)")
            #expect([short.method, short.path, short.peer] == [long.method, long.path, long.peer], "\(name)")
        }
    }

    @Test("What is not a decision is left out")
    func others() throws {
        var digester = EntryDigester(keys: try PersonKeys(store: MemoryStore(), master: .fresh()))
        var encoder = EntryEncoder()
        let moment = RecordFormTests.moment
        encoder.encode(LogEvent(id: moment.id, time: moment.time, gateway: "g", name: "test", details: .null))
        let entry = try #require(LogEntry(payload: encoder.payload[...]))
        let found = digester.digest(entry, at: 0)
        #expect(found?.index == nil)
    }

    static func payload(of record: DecisionRecord, _ key: PersonKey) -> [UInt8] {
        var encoder = EntryEncoder()
        let trace = record.person?.trace ?? Samples.trace
        let who = PreparedPerson(record.person?.who ?? RecordedPerson(), key: key, facts: nil)
        let moment = EntryEncoder.Moment(
            id: record.id,
            time: record.time,
            micros: record.micros,
            exchange: record.exchange,
            repetition: record.repetition,
            salts: RecordFormTests.moment.salts
        )
        let decision = PreparedDecision(record.verdict, explanation: record.explanation, facts: record.facts)
        encoder.encode(decision, by: who, moment) { text in
            RecordEncoding.append(trace.peer, as: "peer", to: &text)
            RecordEncoding.append(trace.method, as: "method", to: &text)
            RecordEncoding.append(trace.path, as: "path", to: &text)
        }
        return encoder.payload
    }
}
