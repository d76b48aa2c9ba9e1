/// How long anything about the directory may take, and how much of it there may be.
package struct DirectoryLimits: Hashable, Sendable {
    /// For a connection to one server, TLS included; default 2 s: a healthy one takes milliseconds, and the next server waits.
    package var connect: Duration

    /// For one operation on one server; default 3 s.
    package var operation: Duration

    /// For one question over all servers and all waiting; default 6 s.
    ///
    /// Nobody waits longer, whatever servers do.
    package var total: Duration

    /// How many questions are asked at a time, each on connections and a thread of its own; default 4.
    package var workers: Int

    /// How many questions may wait for a worker; default 256.
    ///
    /// More are answered with ``DirectoryFailure/busy``.
    package var waiting: Int

    /// After how many failures in a row a server is left alone; default 2.
    package var failuresBeforeRest: Int

    /// How long it is left alone the first time; default 1 s.
    ///
    /// Doubled with each further failure, up to ``longestRest``.
    package var rest: Duration

    /// How long it is left alone at most; default 15 s, so that the first server back is used within seconds.
    package var longestRest: Duration

    /// After what time a connection is replaced; default 10 min, so that load spreads again after a restart.
    package var age: Duration

    /// After what idle time a connection is probed before it is used; default 15 s.
    package var probeAfterIdle: Duration

    /// How long the answer to a probe may take before another connection is made; default 1 s.
    ///
    /// Less than an operation, since a question may meet two connections that died in silence, and still has to be answered in time.
    package var probe: Duration

    /// After what idle time a connection is replaced without a probe; default 5 min, since what stands between may have forgotten it.
    package var idle: Duration

    /// How long a refusal takes at least; default 100 ms.
    ///
    /// Longer than any way of refusing takes, it hides which way it was.
    package var refusal: Duration

    /// How often DNS is asked for servers; default 5 min.
    package var discovery: Duration

    /// After what silence a watch counts as lost; default 5 s.
    package var silence: Duration

    /// How often the directory is asked for changes where it cannot push them; default 5 s.
    package var polling: Duration

    /// The longest single message that is read from a server, in octets; default 16 MiB.
    package var message: Int

    /// How many entries are asked for at a time; default 500.
    package var page: Int

    /// The defaults.
    package init() {
        self.connect = .seconds(2)
        self.operation = .seconds(3)
        self.total = .seconds(6)
        self.workers = 4
        self.waiting = 256
        self.failuresBeforeRest = 2
        self.rest = .seconds(1)
        self.longestRest = .seconds(15)
        self.age = .seconds(600)
        self.probeAfterIdle = .seconds(15)
        self.probe = .seconds(1)
        self.idle = .seconds(300)
        self.refusal = .milliseconds(100)
        self.discovery = .seconds(300)
        self.silence = .seconds(5)
        self.polling = .seconds(5)
        self.message = 16 * 1_024 * 1_024
        self.page = 500
    }
}
