import DecisionLog
import Foundation
import Gateway
import NIOCore
import NIOSSL
import TransparencyLog

/// The shippers that are configured, each on a thread of its own.
struct Shipping: Sendable {
    /// Why a shipper cannot begin.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let shippers: [Shipper]

    /// Begins to ship.
    ///
    /// - Parameters:
    ///   - configured: What is configured.
    ///   - log: The log.
    ///   - folder: Where cursors are kept.
    /// - Throws: ``Failure`` when a file that is needed cannot be read; then nothing was begun.
    init(_ configured: [LogSection.Shipper], log: DecisionLog, folder: String) throws(Failure) {
        var shippers: [Shipper] = []
        do {
            for one in configured {
                shippers.append(
                    try Shipper(
                        name: one.name,
                        format: one.format,
                        log: log,
                        cursors: FolderStore(root: folder),
                        receiver: try Self.receiver(one),
                        overSyslog: one.target.isSyslog
                    )
                )
            }
        } catch {
            for shipper in shippers { shipper.stop() }
            throw Failure(description: "\(error)")
        }
        self.shippers = shippers
    }

    /// Ends all of them; what was not delivered is delivered after the next start.
    func stop() { for shipper in self.shippers { shipper.stop() } }

    /// What operators watch.
    func metrics(recorded: UInt64) -> [OperatorMetric] {
        let states = self.shippers.map { (labels: [("shipper", $0.name)], progress: $0.progress) }
        return states.map {
            OperatorMetric(
                "log_ship_lag_entries",
                "Entries that are recorded and not delivered yet.",
                recorded - min(recorded, $0.progress.place),
                isCounter: false,
                labels: $0.labels
            )
        }
            + states.map {
                OperatorMetric(
                    "log_ship_messages_total",
                    "Messages delivered.",
                    $0.progress.messages,
                    labels: $0.labels
                )
            }
            + states.map {
                OperatorMetric(
                    "log_ship_failures_total",
                    "Deliveries that failed.",
                    $0.progress.failures,
                    labels: $0.labels
                )
            }
    }

    /// What is wrong now, for people.
    var notes: [String] {
        self.shippers.compactMap { shipper in shipper.progress.failure.map { "shipper \(shipper.name): \($0)" } }
    }

    /// Where a shipper delivers to; nothing is reached out for yet.
    static func receiver(_ one: LogSection.Shipper) throws(Failure) -> any ShipReceiver {
        switch one.target {
        case .file(let path): return FileReceiver(path: path)
        case .http(let url):
            return HTTPReceiver(
                url: url,
                isWhole: one.format == .otlp,
                tls: url.scheme == "https" ? try Self.trust(one.authorities) : nil,
                authorization: try one.authorizationFile.map(Self.secret)
            )
        case .syslog(let host, let port):
            return SyslogReceiver(host: host, port: port, tls: try Self.trust(one.authorities))
        }
    }

    /// How a server is verified: against the authorities in a file, or the system's.
    static func trust(_ authorities: String?) throws(Failure) -> NIOSSLContext {
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            configuration.shutdownTimeout = .seconds(30)
            if let authorities {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorities))
            }
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw Failure(
                description: "the authorities in `\(authorities ?? "the system's store")` cannot be read: \(error)"
            )
        }
    }

    private static func secret(_ path: String) throws(Failure) -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let line = text.split(separator: "\n").first.map(String.init),
            line.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value < 0x7F })
        else {
            throw Failure(description: "\(path): cannot be read, expected one line with the value of `Authorization`")
        }
        return line
    }
}
