import Gateway
import Governance
import PolicyFiles

/// The section `sign-in:` of `stile.yaml`: how people and programs prove who they are, and for how long that holds.
struct SignInSection: Sendable {
    /// How guessing is slowed down, and how long answers about credentials hold.
    var guesses = GuessLimits()
    /// The page to sign in on.
    var sessions = SessionLimits()
    /// Access tokens.
    var tokens = TokenLimits()
    /// After how many seconds without a signed word from another gateway that everything it announced is known here tokens stop; default an
    /// hour: a gateway that broke down at night must not take all pipelines with it at once, and a token that was taken back must not count
    /// for ever because somebody holds that back.
    var tokensStaleSeconds: Int64 = 3_600

    /// Gateways say every 5 seconds that they are there; what is shorter would stop tokens for nothing.
    private static let staleRange: ClosedRange<Int64> = 15...31_536_000

    /// Reads the section; what it does not say keeps its default.
    init(_ fields: inout FieldReader) {
        guard var section = fields.fields("sign-in", subject: "`sign-in`") else { return }
        if let value = section.duration("verified-for") { self.guesses.verifiedFor = value }
        if let value = section.duration("refused-for") { self.guesses.refusedFor = value }
        if let value = section.duration("while-down") { self.guesses.whileDown = value }
        if let value = section.integer("per-account", in: 1...1_000) { self.guesses.perAccount = value }
        if let value = section.integer("per-source", in: 1...100_000) { self.guesses.perSource = value }
        if let value = section.someTime("window") { self.guesses.window = value }
        if let value = section.boolean("page") { self.sessions.hasPage = value }
        if let value = section.someTime("session-idle") { self.sessions.idle = value }
        if let value = section.someTime("session-lifetime") { self.sessions.lifetime = value }
        if let value = section.integer("sessions-per-person", in: 1...1_000) { self.sessions.perPerson = value }
        if let value = section.integer("token-days", in: 1...3_650) { self.tokens.maximumDays = value }
        if let value = section.integer("tokens-per-person", in: 1...1_000) { self.tokens.perPerson = value }
        if let value = section.value("tokens-stale-after"), let stale = section.duration("tokens-stale-after") {
            self.tokensStaleSeconds = stale.components.seconds
            if !Self.staleRange.contains(self.tokensStaleSeconds) {
                section.note("found \(stale) under `tokens-stale-after`, expected 15s to 365d", at: value)
            }
        }
        section.finish()
        if self.sessions.idle > self.sessions.lifetime {
            section.note("found a `session-idle` longer than the `session-lifetime`, expected at most as long")
        }
    }
}
