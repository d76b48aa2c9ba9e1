import DecisionLog
import Foundation
import Gateway
import Logging
import TransparencyLog

/// What follows the log beside the gateway: shippers, whoever asks witnesses, and what lets go of old records.
///
/// Nothing waits for them.
struct LogBeside: Sendable {
    private let shipping: Shipping
    private let witnesses: WitnessCollector
    private let retention: Retention?

    /// Begins to follow.
    ///
    /// - Throws: ``Shipping/Failure`` when a file that is needed cannot be read.
    init(_ configuration: Configuration, log: DecisionLog, logger: Logger) throws(Shipping.Failure) {
        var witnesses: [WitnessCollector.Witness] = []
        for one in configuration.log.witnesses {
            let tls = one.url.scheme == "https" ? try Shipping.trust(one.authorities) : nil
            witnesses.append(WitnessCollector.Witness(key: one.key, url: one.url, tls: tls))
        }
        self.shipping = try Shipping(configuration.log.shippers, log: log, folder: configuration.shipFolder)
        self.witnesses = WitnessCollector(
            witnesses,
            folder: configuration.logFolder,
            keys: log.verifiers,
            interval: configuration.log.witnessEvery,
            logger: logger
        )
        self.retention = configuration.log.keepDays.map { Retention(days: $0, log: log, logger: logger) }
    }

    /// What would keep them from beginning: files that cannot be read.
    static func problems(_ configured: LogSection) -> [String] {
        var problems: [String] = []
        func attempt(_ what: String, _ body: () throws(Shipping.Failure) -> Void) {
            do throws(Shipping.Failure) {
                try body()
            } catch {
                problems.append("\(what): \(error)")
            }
        }
        for shipper in configured.shippers {
            attempt("shipper \(shipper.name)") { () throws(Shipping.Failure) in _ = try Shipping.receiver(shipper) }
        }
        for witness in configured.witnesses where witness.url.scheme == "https" {
            attempt("witness \(witness.key.name)") { () throws(Shipping.Failure) in
                _ = try Shipping.trust(witness.authorities)
            }
        }
        return problems
    }

    /// Ends all of them.
    func stop() {
        self.retention?.stop()
        self.witnesses.stop()
        self.shipping.stop()
    }

    /// What operators watch.
    func metrics(_ log: DecisionLog) -> [OperatorMetric] {
        let states = self.witnesses.state
        func metric(_ name: String, _ help: String, _ value: (WitnessCollector.Progress) -> UInt64) -> [OperatorMetric]
        {
            states.map {
                OperatorMetric(name, help, value($0.progress), isCounter: false, labels: [("witness", $0.name)])
            }
        }
        return self.shipping.metrics(recorded: log.journal.durable)
            + metric("log_witness_up", "Whether the witness cosigned when it was last asked.") {
                $0.failure == nil ? 1 : 0
            }
            + metric("log_witness_contradicts", "Whether the witness has seen another log than this one: an alarm.") {
                $0.isContradicting ? 1 : 0
            }
            + metric("log_witnessed_entries", "Entries that the witness has cosigned.") { $0.size }
    }

    /// What is wrong now, for people.
    var notes: [String] {
        self.shipping.notes
            + self.witnesses.state.compactMap { state in
                state.progress.failure.map { "witness \(state.name): \($0)" }
            }
    }
}
