import Crypto
import Testing
import TransparencyLog

@testable import DecisionLog

@Suite("The written form of records")
struct RecordFormTests {
    static let key = PersonKey(
        id: PersonKey.ID(high: 0x0011_2233_4455_6677, low: 0x8899_AABB_CCDD_EEFF),
        owner: "uuid:anna",
        secret: SymmetricKey(data: [UInt8](repeating: 7, count: 32))
    )

    static let moment = EntryEncoder.Moment(
        id: DecisionID(time: Timestamp(microseconds: 1_795_459_659_123_456), random: (0xABCD, 0x0123_4567_89AB_CDEF)),
        time: Timestamp(microseconds: 1_795_459_659_123_456),
        micros: 12,
        exchange: nil,
        repetition: nil,
        salts: (Salt(high: 1, low: 2), Salt(high: 3, low: 4), Salt(high: 5, low: 6))
    )

    static func payload(
        _ decision: PreparedDecision = Samples.decision,
        moment: EntryEncoder.Moment = moment
    ) -> [UInt8] {
        var encoder = EntryEncoder()
        let who = PreparedPerson(Samples.anna, key: Self.key, facts: nil)
        encoder.encode(decision, by: who, moment) { text in
            RecordEncoding.append(Samples.trace.peer, as: "peer", to: &text)
            RecordEncoding.append(Samples.trace.method, as: "method", to: &text)
            RecordEncoding.append(Samples.trace.path, as: "path", to: &text)
            RecordEncoding.append(Samples.trace.request, as: "request", to: &text)
            RecordEncoding.append(Samples.trace.trace, as: "trace", to: &text)
        }
        return encoder.payload
    }

    static let goldenLeaf =
        #"""
        {"v":1,"kind":"decision","id":"01M84VRDBKNF6G28T5CY4TQKFF","time":"2026-11-23T18:47:39.123456Z","micros":12,\#
        "gateway":"plant-1","service":"mlflow","mode":"enforce","decision":"deny","causes":["label"],"action":"read",\#
        "resource":{"service":"mlflow","kind":"experiment","id":"12","name":"press4-forces","entry":"press4-forces"},\#
        "label":"confidential//customer-x","origin":"catalog","policies":["CAT-1","CLR-1"],"revision":"sha256:ab12",\#
        "person":"QCiiuzMl9MWXLgoJpTU/PMJRNAbS8fNY1luxUACZw1A=",\#
        "explanation":"IxB9EPSmgrfi2jLf0CDK5ebWBpIKyXu/mdZlUUnGo8A=","facts":"6u6zy8Ed+D3StlDwyDSjI3zGNzAqGcjet0srn1TpxSM="}
        """#

    @Test("Version 1 is these bytes for ever")
    func goldenBytes() throws {
        let payload = Self.payload()
        let entry = try #require(LogEntry(payload: payload[...]))
        #expect(String(decoding: entry.leaf, as: UTF8.self) == Self.goldenLeaf)
        #expect(entry.leafHash.description == "300034c2aa736f6680831aa47d8ca251a2b6bbf642a5f840c0a065ffa9ea52dc")
        #expect(
            Commitment.digest(payload).description == "2bd706299ba35f5e967e68037e5325c2a725b371276d41159d83298725b4ef13"
        )
    }

    @Test("A record with every field reads back as it was")
    func roundTrip() throws {
        var verdict = Samples.verdict
        verdict.mode = .override
        verdict.causes = [.label, .context]
        verdict.refusal = "odd \"quotes\" \\ and \u{1}\n\u{7F}ü€😀"
        verdict.status = 403
        verdict.grant = "grant-7"
        verdict.also = [
            RecordedQuestion(
                action: "list",
                resource: RecordedResource(service: "mlflow", kind: "model"),
                label: "public"
            )
        ]
        var explanation = Samples.explanation
        explanation.errors = ["division by zero"]
        explanation.flipsComplete = false
        let facts = ReplayFacts(
            person: FactsReference(leaf: MerkleHash.leaf([1])),
            context: ["a": .array([.null, .bool(true), .integer(-3)]), "b": .object(["x": .string("y")])]
        )
        var moment = Self.moment
        moment.exchange = RecordedExchange(opening: moment.id, phase: .ended, status: 200, bytesIn: 5, bytesOut: 12_345)
        moment.repetition = RecordedRepetition(count: 400, until: moment.time.adding(seconds: 1))
        let payload = Self.payload(PreparedDecision(verdict, explanation: explanation, facts: facts), moment: moment)
        let entry = try #require(LogEntry(payload: payload[...]))
        let expected = DecisionRecord(
            id: moment.id,
            time: moment.time,
            micros: 12,
            exchange: moment.exchange,
            repetition: moment.repetition,
            verdict: verdict,
            person: PersonPart(who: Samples.anna, trace: Samples.trace),
            explanation: explanation,
            facts: facts
        )
        #expect(entry.content { _ in Self.key } == .decision(expected))
    }

    @Test("Without the person's key, everything else is still there")
    func erasedPerson() throws {
        let payload = Self.payload()
        let entry = try #require(LogEntry(payload: payload[...]))
        guard case .decision(let record) = entry.content(key: { _ in nil }) else { throw Unexpected() }
        #expect(record.person == nil)
        #expect(record.verdict == Samples.verdict)
        #expect(record.explanation == Samples.explanation)
    }

    @Test(
        "No text can end its string or its line",
        arguments: ["\"", "\\", "\n", "\r\n", "\u{0}", "\u{2028}", "\",\"decision\":\"allow"]
    )
    func injection(text: String) throws {
        var verdict = Samples.verdict
        verdict.action = text
        let payload = Self.payload(PreparedDecision(verdict))
        let entry = try #require(LogEntry(payload: payload[...]))
        #expect(!entry.leaf.contains { $0 < 0x20 })
        guard case .decision(let record) = entry.content(key: { _ in nil }) else { throw Unexpected() }
        #expect(record.verdict == verdict)
    }

    @Test("What is too long is written in short form, and says so")
    func shortForm() throws {
        var verdict = Samples.verdict
        verdict.resource?.name = String(repeating: "ü", count: 40_000)
        verdict.also = Array(
            repeating: RecordedQuestion(action: "read", resource: RecordedResource(service: "s", kind: "k")),
            count: 3000
        )
        let payload = Self.payload(
            PreparedDecision(verdict, explanation: Explanation(errors: [String(repeating: "x", count: 90_000)]))
        )
        let entry = try #require(LogEntry(payload: payload[...]))
        #expect(entry.leaf.count < EntryBundle.maximumEntryBytes)
        #expect(String(decoding: entry.leaf, as: UTF8.self).contains(",\"short\":true"))
        guard case .decision(let record) = entry.content(key: { _ in nil }) else { throw Unexpected() }
        #expect(record.verdict.decision == .deny)
        #expect(record.verdict.resource?.id == "12")
        #expect(record.explanation?.errors.first?.hasSuffix("…") == true)
    }

    @Test(
        "A version or kind of the future is kept and shown raw",
        arguments: ["{\"v\":2,\"kind\":\"decision\"}", "{\"v\":1,\"kind\":\"dream\"}", "no json"]
    )
    func unknown(text: String) throws {
        let entry = try #require(LogEntry(leaf: Array(text.utf8)[...], parts: [UInt8](repeating: 0xFF, count: 12)[...]))
        #expect(entry.content(key: { _ in nil }) == .unknown(text))
    }

    @Test("The commitments are found at the end of every leaf")
    func commitments() throws {
        let payload = Self.payload(PreparedDecision(Samples.verdict, explanation: Samples.explanation))
        let entry = try #require(LogEntry(payload: payload[...]))
        let commitments = try #require(LeafText.commitments(of: entry.leaf))
        #expect(commitments.map(\.isEmpty) == [false, false, true])
        for part in LogPart.allCases {
            guard let found = entry[part] else { continue }
            let made = Commitment.make(part, salt: found.salt, digest: Commitment.digest(Array(found.stored)))
            #expect(LeafText.holds(entry.leaf, at: commitments[Int(part.rawValue)], made))
        }
    }

    struct Unexpected: Error {}
}
