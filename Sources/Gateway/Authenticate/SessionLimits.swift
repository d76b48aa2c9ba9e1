/// Whether people sign in on a page, and for how long that holds.
package struct SessionLimits: Hashable, Sendable {
    /// Whether there is a page to sign in on; default yes.
    ///
    /// Without it browsers get the challenge that makes them ask for a name and a password themselves.
    package var hasPage = true

    /// How long a session without a request stays good; default 30 minutes, kept to about a minute.
    package var idle: Duration = .seconds(30 * 60)

    /// How long a session lasts at most, whatever is done in it; default 10 hours, a working day.
    package var lifetime: Duration = .seconds(10 * 3_600)

    /// Sessions of one person at the same time; default 20, the oldest ends for a further one.
    package var perPerson = 20

    /// Sessions of everybody; default 50,000.
    package var maximum = 50_000

    package init() {}
}
