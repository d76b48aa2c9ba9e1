import Testing
import TransparencyLog

@testable import DecisionLog

/// What is too long for its place is written in short form: nothing is dropped, and nothing ends the process.
@Suite("Short forms", .timeLimit(.minutes(20)))
struct ShortFormTests {
    /// Text that is as long as JSON can make it.
    static let hostile = [
        String(repeating: "a", count: 400_000), String(repeating: "\u{0}", count: 200_000),
        String(repeating: "\"\\", count: 100_000), String(repeating: "é\u{301}", count: 100_000),
        "a" + String(repeating: "\u{301}", count: 100_000), String(repeating: "🧱", count: 70_000),
    ]

    /// Opens a log, lets `body` write into it, and reads everything back from what was on disk.
    static func contents(_ body: (RunningLog) async throws -> Void) async throws -> [EntryContent] {
        let store = MemoryStore()
        let keys = try Samples.keys()
        let running = try RunningLog(store, keys)
        try await body(running)
        _ = try #require(await running.act())
        running.log.close()
        let after = try RunningLog(store.afterPowerFailure(), keys)
        defer { after.log.close() }
        var verifier = LogVerifier(store: store, keys: [keys.signer.verifier])
        #expect(verifier.verify().problems.isEmpty)
        return try (0..<after.log.journal.durable).map { try after.log.content(at: $0) }
    }

    @Test("A decision with hostile text in every field is written", arguments: Self.hostile.indices)
    func decisions(place: Int) async throws {
        let text = Self.hostile[place]
        var verdict = Samples.verdict
        (verdict.gateway, verdict.service, verdict.refusal) = (text, text, text)
        (verdict.action, verdict.label, verdict.origin) = (text, text, text)
        (verdict.revision, verdict.grant) = (text, text)
        verdict.policies = Array(repeating: text, count: 40)
        verdict.resource = RecordedResource(service: text, kind: text, id: text, name: text, entry: text)
        let question = RecordedQuestion(action: text, resource: try #require(verdict.resource), label: text)
        verdict.also = Array(repeating: question, count: 5)
        let reason = Explanation.Reason(policy: text, text: text)
        let explanation = Explanation(
            reasons: Array(repeating: reason, count: 40),
            errors: Array(repeating: text, count: 40),
            flips: Array(repeating: Explanation.Flip(label: text), count: 40),
            owner: text,
            disclosed: text
        )
        let decision = PreparedDecision(
            verdict,
            explanation: explanation,
            facts: ReplayFacts(context: ["peer": .string(text)])
        )
        let trace = RequestTrace(peer: text, method: text, path: text, request: text, trace: text, purpose: text)
        let bytes = Array(text.utf8)
        var ids: [DecisionID] = []
        let contents = try await Self.contents { running in
            let who = try running.log.prepare(
                RecordedPerson(id: text, name: text, clearance: text, authentication: "basic"),
                facts: PersonFacts(
                    groups: Array(repeating: text, count: 9),
                    attributes: [text: [text]],
                    clearance: text
                )
            )
            let answers = [
                running.recorder.record(decision, by: who, trace: trace, micros: 1, at: .now()),
                running.recorder.record(
                    decision,
                    by: who,
                    from: PreparedOrigin(peer: text),
                    method: bytes.span,
                    path: bytes.span,
                    request: text,
                    trace: text,
                    purpose: text,
                    micros: 1,
                    at: .now()
                ),
            ]
            ids = answers.compactMap(\.id)
        }
        let records = contents.compactMap { if case .decision(let record) = $0 { record } else { nil } }
        #expect(ids.count == 2)
        for id in ids {
            let record = try #require(records.first { $0.id == id })
            #expect(record.verdict.decision == .deny)
            #expect(record.person?.trace.path.hasSuffix("…") == true)
            let path = try #require(record.person?.trace.path)
            #expect(text.utf8.starts(with: path.utf8.dropLast("…".utf8.count)))
        }
    }

    @Test("An event that quotes hostile text is written, and says that it is short", arguments: Self.hostile.indices)
    func events(place: Int) async throws {
        let text = Self.hostile[place]
        let contents = try await Self.contents { running in
            let list = JSONValue.array(Array(repeating: .object([text: .string(text)]), count: 10))
            running.log.note("policies-refused", ["first": .string(text), "all": list, text: .integer(1)])
        }
        let events = contents.compactMap { if case .event(let event) = $0 { event } else { nil } }
        let event = try #require(events.first { $0.name == "policies-refused" })
        #expect(event.details["short"]?.bool == true)
        #expect(event.details["first"]?.string?.hasSuffix("…") == true)
    }

    @Test("A person in ten thousand groups is written whole, one in a hundred thousand as far as it fits")
    func groups() async throws {
        let few = (0..<10_000).map { "uuid:00000000-0000-0000-0000-\($0)" }
        let many = (0..<100_000).map { "uuid:00000000-0000-0000-0000-\($0)" }
        let contents = try await Self.contents { running in
            _ = try running.log.prepare(RecordedPerson(id: "uuid:few"), facts: PersonFacts(groups: few))
            _ = try running.log.prepare(RecordedPerson(id: "uuid:many"), facts: PersonFacts(groups: many))
        }
        let facts = contents.compactMap { if case .facts(let facts) = $0 { facts } else { nil } }
        #expect(facts.contains { $0.groups == few })
        let short = try #require(facts.first { $0.attributes["short"] != nil })
        #expect(short.attributes["short"] == ["100000 groups, 0 attributes"])
        #expect(!short.groups.isEmpty)
        #expect(many.starts(with: short.groups))
    }
}
