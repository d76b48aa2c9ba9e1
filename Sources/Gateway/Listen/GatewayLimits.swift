package import HTTP1

/// What one client may take, and for how long anything may wait.
///
/// Every wait of the data plane ends by one of these; they are looked at four times a second, so each is kept to about a
/// quarter of a second.
package struct GatewayLimits: Sendable {
    /// The sizes of heads; see `HTTPLimits` for the defaults.
    package var http = HTTPLimits()

    /// From the first byte of a head, or from the connection's start, to the end of the head; default 10 s: nobody needs longer, a slowloris does.
    package var head: Duration = .seconds(10)

    /// A kept connection without a request; default 75 s, as nginx.
    package var idle: Duration = .seconds(75)

    /// Between two pieces of a request body; default 30 s.
    package var bodyIdle: Duration = .seconds(30)

    /// A client that doesn't take its answer; default 60 s.
    package var answerIdle: Duration = .seconds(60)

    /// The directory's answer, over all its servers; default 10 s.
    ///
    /// The directory has deadlines of its own, this is the last resort.
    package var signIn: Duration = .seconds(10)

    /// How long a request under way goes on when something has changed about its person and nobody can be asked; default 60 s.
    package var unverified: Duration = .seconds(60)

    /// The wait for the journal's commit; default 5 s, after which the answer is 503.
    package var commit: Duration = .seconds(5)

    /// Everything that must be looked up to know what a request means; default 10 s.
    package var lookUps: Duration = .seconds(10)

    /// Reading away what a refused client still sends, so that it sees the answer instead of a reset; default 10 s.
    package var linger: Duration = .seconds(10)

    /// From a request for something that doesn't exist, or may not be named, to its answer; default 500 ms.
    ///
    /// Longer than a look-up at the upstream takes, so that the two can't be told apart by it.
    package var withheld: Duration = .milliseconds(500)

    /// Request bytes that are taken in before they can be used (pipelined requests, a body before its decision); default 64 KiB.
    package var readAhead = 64 << 10

    /// Open client connections over all event loops; default 20,000.
    ///
    /// Further ones are closed at once.
    package var connections = 20_000

    /// Denials per person within ``denialWindow`` before the answer is 429; default 600, ten a second for a minute.
    package var denialsPerPerson = 600

    /// The time over which denials are counted; default a minute.
    package var denialWindow: Duration = .seconds(60)

    package init() {}
}
