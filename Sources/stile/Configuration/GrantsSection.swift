import Governance
import PolicyFiles

/// The section `grants:` of `stile.yaml`: how long exceptions may be, and when they stop counting.
struct GrantsSection: Sendable {
    /// How long grants may be.
    var limits = GrantLimits()
    /// After how many seconds without a word from another gateway grants stop; default 30.
    var staleSeconds: Int64 = 30

    /// Gateways say every 5 seconds that they are there; what is shorter would stop grants for nothing.
    private static let staleRange: ClosedRange<Int64> = 15...86_400

    /// Reads the section; what it does not say keeps its default.
    init(_ fields: inout FieldReader) {
        guard var section = fields.fields("grants", subject: "`grants`") else { return }
        if let value = section.value("longest"), let longest = section.duration("longest") {
            self.limits.longest = longest.components.seconds
            if self.limits.longest < 3_600 {
                section.note("found \(longest) under `longest`, expected at least 1h", at: value)
            }
        }
        if let value = section.value("stale-after"), let stale = section.duration("stale-after") {
            self.staleSeconds = stale.components.seconds
            if !Self.staleRange.contains(self.staleSeconds) {
                section.note("found \(stale) under `stale-after`, expected 15s to 1d", at: value)
            }
        }
        if let value = section.integer("per-giver", in: 1...10_000) { self.limits.perGiver = value }
        if let value = section.integer("per-person", in: 1...10_000) { self.limits.perPerson = value }
        section.finish()
        if self.limits.perGiver > self.limits.perPerson {
            section.note(
                "found a `per-giver` above `per-person`, expected at most as many: one owner could use up what somebody may be given"
            )
        }
    }
}
