import TransparencyLog

/// What is the same each time a question is answered from the cache: encoded and hashed once, used by every record of it.
///
/// Per request only the id, the moment, fresh salts, three one-block hashes and the person part are made.
package final class PreparedDecision: Sendable {
    /// The fields of the header that repeat.
    let fields: [UInt8]
    let explanation: [UInt8]?
    let explanationDigest: LogHash?
    let facts: [UInt8]?
    let factsDigest: LogHash?
    /// What the index is handed: the verdict as written, and the smallest relaxation.
    let verdict: Shared<Verdict>
    let flip: String?

    /// The longest of each part; longer ones are written in short form.
    static let maximumPartBytes = 65_536
    /// How many bytes of each text are kept in short form.
    private static let shortTextBytes = 256

    /// Encodes a verdict with its explanation and facts.
    ///
    /// What does not fit is written in short form and says so: long texts are cut, the questions beside the first and
    /// the explanation's sentences are left out. A decision is never dropped because it is long.
    package init(_ verdict: Verdict, explanation: Explanation? = nil, facts: ReplayFacts? = nil) {
        var written = verdict
        var fields = RecordEncoding.fields(of: verdict)
        if fields.count > LeafText.maximumBytes {
            written = Self.short(verdict)
            fields = RecordEncoding.fields(of: written)
            JSONText.appendRaw(",\"short\":true", to: &fields)
        }
        self.fields = fields
        self.verdict = Shared(written)
        var reasons = explanation
        if let whole = explanation, RecordEncoding.explanation(whole).count > Self.maximumPartBytes {
            reasons = Self.short(whole)
        }
        self.flip = reasons?.flips.first?.label
        self.explanation = reasons.map { RecordEncoding.explanation($0) }
        self.explanationDigest = self.explanation.map { Commitment.digest($0) }
        self.facts = facts.map { facts in
            let whole = RecordEncoding.facts(facts)
            return whole.count <= Self.maximumPartBytes
                ? whole : RecordEncoding.facts(ReplayFacts(person: facts.person))
        }
        self.factsDigest = self.facts.map { Commitment.digest($0) }
    }

    private static func short(_ verdict: Verdict) -> Verdict {
        var short = verdict
        short.also = []
        short.gateway = Self.short(verdict.gateway)
        short.service = Self.short(verdict.service)
        short.refusal = verdict.refusal.map(Self.short)
        short.action = Self.short(verdict.action)
        short.resource = verdict.resource.map {
            RecordedResource(
                service: Self.short($0.service),
                kind: Self.short($0.kind),
                id: $0.id.map(Self.short),
                name: $0.name.map(Self.short),
                entry: $0.entry.map(Self.short)
            )
        }
        short.label = verdict.label.map(Self.short)
        short.origin = verdict.origin.map(Self.short)
        short.policies = verdict.policies.prefix(16).map(Self.short)
        short.revision = Self.short(verdict.revision)
        short.grant = verdict.grant.map(Self.short)
        return short
    }

    private static func short(_ explanation: Explanation) -> Explanation {
        Explanation(
            reasons: explanation.reasons.prefix(16).map {
                Explanation.Reason(policy: Self.short($0.policy), text: Self.short($0.text))
            },
            errors: explanation.errors.prefix(4).map(Self.short),
            flips: explanation.flips.prefix(4).map { Explanation.Flip(label: Self.short($0.label)) },
            flipsComplete: explanation.flipsComplete && explanation.flips.count <= 4,
            owner: explanation.owner.map(Self.short),
            disclosed: explanation.disclosed.map(Self.short)
        )
    }

    /// The beginning of a text as short forms have it.
    static func short(_ text: String) -> String { self.short(text, bytes: self.shortTextBytes) }

    /// The beginning of a text, cut between Unicode scalars.
    static func short(_ text: String, bytes: Int) -> String {
        guard text.utf8.count > bytes else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: bytes)
        while String.Index(end, within: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return String(text.unicodeScalars[..<end]) + "…"
    }
}
