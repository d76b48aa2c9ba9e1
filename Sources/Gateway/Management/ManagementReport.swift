import DecisionLog
import Directory
import NIOCore
import Sockets

/// What operators and their tools can ask of a running gateway.
struct ManagementReport: Sendable {
    let workers: [NIOLoopBound<Worker>]
    let loops: [PollLoop]
    let dependencies: GatewayDependencies
    let outage: DirectoryOutage
    /// How much longer verified credentials count in an outage.
    let whileDown: Duration

    /// Whether requests can be served: the log takes records, and somebody can say who people are, or could until a moment ago.
    func readiness() -> (isReady: Bool, text: String) {
        let journal = self.dependencies.log.journal.state
        let notes = self.dependencies.operatorNotes().map { "note: \($0)\n" }.joined()
        let health = self.dependencies.directory.health()
        var directory = health.isUsable ? "usable" : "down"
        var isBridged = false
        if let since = self.outage.since {
            let left = since + TimeAmount(self.whileDown) - .now()
            isBridged = left > .zero
            directory =
                isBridged
                ? "down, known people are served for up to \(left.nanoseconds / 1_000_000_000) s more" : "down"
        }
        let isReady = journal == .open && (directory == "usable" || isBridged)
        return (
            isReady, "journal: \(journal)\ndirectory: \(directory)\ndirectory-watch: \(health.watch.word)\n\(notes)"
        )
    }

    /// The metrics in the text format of Prometheus.
    ///
    /// Source: Prometheus, "Exposition formats", version 0.0.4.
    func metrics() async -> String {
        let counters = await Counters.sum(of: self.workers, on: self.loops)
        var text = MetricsText()
        text.counter("connections_accepted_total", "Client connections accepted.", counters.connectionsAccepted)
        text.gauge("connections_open", "Client connections open now.", counters.connectionsOpen)
        text.counter(
            "connections_refused_total",
            "Client connections closed because there were too many.",
            counters.connectionsRefused
        )
        text.counter("requests_total", "Request heads understood.", counters.requests)
        text.counter("forwarded_total", "Requests forwarded or answered by a room of this process.", counters.forwarded)
        text.family("refusals_total", "counter", "Answers that the gateway gave itself.")
        for kind in RefusalKind.allCases {
            text.sample(
                "refusals_total",
                "kind=\"\(kind.name)\",status=\"\(kind.status)\"",
                counters.refusals[kind.rawValue]
            )
        }
        text.counter("credentials_known_total", "Credentials recognised without asking.", counters.credentialsKnown)
        text.counter("credentials_asked_total", "Credentials that had to be verified.", counters.credentialsAsked)
        text.counter(
            "directory_unavailable_total",
            "Verifications that failed because the directory could not be asked.",
            counters.directoryUnavailable
        )
        text.counter(
            "credentials_from_memory_total",
            "Credentials that counted although the directory could not be asked, each for a second.",
            counters.credentialsFromMemory
        )
        text.counter("rulings_known_total", "Decisions taken from the cache.", counters.rulingsKnown)
        text.counter("rulings_made_total", "Decisions made by evaluating policies.", counters.rulingsMade)
        text.counter("lookups_total", "Metadata look-ups at upstreams.", counters.lookUps)
        text.counter("journal_releases_total", "Group commits that released requests.", counters.releases)
        text.counter("upstream_connects_total", "Connections made to upstreams.", counters.upstreamConnects)
        text.counter("upstream_reuses_total", "Requests sent over kept upstream connections.", counters.upstreamReuses)
        text.counter("upstream_retries_total", "Requests sent again over a new connection.", counters.upstreamRetries)
        text.counter("upstream_failures_total", "Exchanges with an upstream that failed.", counters.upstreamFailures)
        text.counter(
            "exchanges_cut_total",
            "Requests under way that were cut off, because their person lost access.",
            counters.exchangesCut
        )
        text.counter("bytes_up_total", "Body bytes sent to upstreams.", counters.bytesUp)
        text.counter("bytes_down_total", "Body bytes sent to clients.", counters.bytesDown)
        text.gauge(
            "journal_open",
            "Whether the decision log takes records.",
            self.dependencies.log.journal.state == .open ? 1 : 0
        )
        text.gauge(
            "journal_full",
            "Whether the decision log takes no records because its disk is full.",
            self.dependencies.log.journal.state == .full ? 1 : 0
        )
        let figures = self.dependencies.log.journal.figures
        text.counter("journal_records_total", "Records on disk since the start.", figures.records)
        text.counter("journal_failures_total", "How often the decision log stopped taking records.", figures.failures)
        let directory = self.dependencies.directory.health()
        text.gauge(
            "directory_usable",
            "Whether at least one directory server is thought to answer.",
            directory.isUsable ? 1 : 0
        )
        text.gauge(
            "directory_outage_seconds",
            "For how long no directory server has answered.",
            self.outage.since.map { UInt64(max(0, (NIODeadline.now() - $0).nanoseconds / 1_000_000_000)) } ?? 0
        )
        text.family("directory_watch", "gauge", "How changes in the directory are noticed.")
        text.sample("directory_watch", MetricsText.labels([("by", directory.watch.word)]), 1)
        text.family("directory_server_up", "gauge", "Whether a directory server is asked.")
        for server in directory.servers {
            text.sample(
                "directory_server_up",
                MetricsText.labels([("server", server.address)]),
                server.state == .up ? 1 : 0
            )
        }
        var last = ""
        for metric in self.dependencies.operatorMetrics() {
            if metric.name != last { text.family(metric.name, metric.isCounter ? "counter" : "gauge", metric.help) }
            last = metric.name
            text.sample(metric.name, MetricsText.labels(metric.labels), metric.value)
        }
        return text.text
    }
}

extension Counters {
    /// What all loops have counted: each is asked for its copy on its own thread.
    static func sum(of workers: [NIOLoopBound<Worker>], on loops: [PollLoop]) async -> Counters {
        var sum = Counters()
        for (worker, loop) in zip(workers, loops) {
            if let counted = await loop.run({ worker.value.counters }) { sum.add(counted) }
        }
        return sum
    }
}

/// Metrics under construction; every name begins with `stile_`.
struct MetricsText {
    private(set) var text = ""

    /// Labels as they are written, values escaped.
    static func labels(_ labels: [(name: String, value: String)]) -> String {
        labels.map { label in
            var value = ""
            for character in label.value.unicodeScalars {
                switch character {
                case "\\": value += "\\\\"
                case "\"": value += "\\\""
                case "\n": value += "\\n"
                default: value.unicodeScalars.append(character)
                }
            }
            return "\(label.name)=\"\(value)\""
        }.joined(separator: ",")
    }

    mutating func family(_ name: String, _ type: String, _ help: String) {
        self.text += "# HELP stile_\(name) \(help)\n# TYPE stile_\(name) \(type)\n"
    }

    mutating func sample(_ name: String, _ labels: String, _ value: UInt64) {
        self.text += "stile_\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(value)\n"
    }

    mutating func counter(_ name: String, _ help: String, _ value: UInt64) {
        self.family(name, "counter", help)
        self.sample(name, "", value)
    }

    mutating func gauge(_ name: String, _ help: String, _ value: UInt64) {
        self.family(name, "gauge", help)
        self.sample(name, "", value)
    }
}
