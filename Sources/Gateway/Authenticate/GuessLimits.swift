/// How many wrong passwords are passed on to the directory, and how long answers about credentials hold.
package struct GuessLimits: Sendable {
    /// How long a verified credential needs no directory; default 60 s, because the account state is re-read only then.
    package var verifiedFor: Duration = .seconds(60)

    /// How long a wrong credential is refused without asking again; default 30 s, so that a program that retries in a loop costs one bind.
    package var refusedFor: Duration = .seconds(30)

    /// How much longer a verified credential counts while no directory server answers; default 5 minutes, none for the highest level.
    ///
    /// Long enough to restart a server, short enough for whoever keeps the gateway from the directory to gain little.
    package var whileDown: Duration = .seconds(300)

    /// Wrong passwords per name, and per person whichever of their names was typed, within ``window`` that reach the directory; default 3, below the usual lockout threshold of 5.
    package var perAccount = 3

    /// Wrong passwords per source address within ``window`` that reach the directory; default 20, since an office may share one address.
    package var perSource = 20

    /// The time over which wrong passwords are counted; default 5 minutes.
    package var window: Duration = .seconds(300)

    /// How many accounts and sources are counted at once; default 100,000, about 10 MB.
    package var maximumCounted = 100_000

    package init() {}
}
