/// An answer that Stile gives itself instead of forwarding.
///
/// A refusal is an answer, not an error: it is recorded like an allowed request, carries the id of its record, and says no
/// more than its ``RefusalKind`` and its ``Disclosure``. Why a credential was refused stands in ``recordedReason`` and so
/// only in the log.
///
/// Immutable and shared: most refusals of a kind are the same one.
final class Refusal: Sendable {
    /// What kind of refusal it is.
    let kind: RefusalKind

    /// What the client is told.
    let detail: String

    /// What only the record is told; `nil` when that is ``detail``.
    let recordedReason: String?

    /// What a denied person may know.
    let disclosure: Disclosure

    /// Whether the connection cannot be used any further, because where the next request starts is not known.
    let closesConnection: Bool

    /// Whether it is the one answer to what doesn't exist and to what may not even be named.
    ///
    /// Such an answer is kept back until it can't be told from its time any more which of the two it was.
    let isWithheld: Bool

    /// After how many seconds asking again may help; `nil` when it won't by itself.
    let retryAfter: Int?

    /// The token of a negotiation that the client has to answer; `nil` when none is under way.
    let challenge: [UInt8]?

    init(
        _ kind: RefusalKind,
        _ detail: String,
        recordedReason: String? = nil,
        disclosure: Disclosure = .none,
        closesConnection: Bool = false,
        isWithheld: Bool = false,
        retryAfter: Int? = nil,
        challenge: [UInt8]? = nil
    ) {
        self.kind = kind
        self.detail = detail
        self.recordedReason = recordedReason
        self.disclosure = disclosure
        self.closesConnection = closesConnection
        self.isWithheld = isWithheld
        self.retryAfter = retryAfter
        self.challenge = challenge
    }

    /// The one answer to every credential that is not accepted.
    static func unauthenticated(because reason: String) -> Refusal {
        Refusal(
            .unauthenticated,
            "a user name and password of the company's directory are needed, or an access token",
            recordedReason: reason
        )
    }

    /// The way to the page where people sign in.
    static func signInFirst(because reason: String) -> Refusal {
        Refusal(.signInFirst, "sign in to go on", recordedReason: reason)
    }

    /// The next step of a negotiation: not yet a yes, and not a no.
    static func negotiating(_ token: [UInt8]) -> Refusal {
        Refusal(
            .unauthenticated,
            "the negotiation of who you are is not complete",
            recordedReason: "negotiating",
            challenge: token
        )
    }

    /// A policy says no.
    static func denied(_ disclosure: Disclosure) -> Refusal {
        Refusal(.denied, disclosure.sentence, disclosure: disclosure)
    }

    /// The one answer to what doesn't exist and to what may not even be named.
    static func withheld(because reason: String) -> Refusal {
        Refusal(.denied, Disclosure.none.sentence, recordedReason: reason, isWithheld: true)
    }
}
