import DecisionLog
import Dispatch
import Foundation
import Logging
import NIOCore
import NIOSSL
import Synchronization
import TransparencyLog

/// Has the log's checkpoints cosigned by witnesses, now and then, beside everything else.
///
/// Nothing waits for a witness. One that is down is asked again, and said to be down; one that has seen more than the log
/// has, or another history, is an alarm: an old state was put back, or the log was forked.
final class WitnessCollector: Sendable {
    /// A witness, as configured.
    struct Witness: Sendable {
        /// Its public key.
        var key: NoteVerifierKey
        /// Its submission prefix.
        var url: URL
        /// `nil` for plain HTTP.
        var tls: NIOSSLContext?
    }

    /// Where a witness stands.
    struct Progress: Hashable, Sendable {
        /// How many entries it has cosigned.
        var size: UInt64 = 0
        /// When, in seconds since 1970.
        var seconds: UInt64 = 0
        /// Why the last attempt failed; `nil` when it did not.
        var failure: String?
        /// Whether it has seen another log than this one.
        var isContradicting = false
    }

    private let progress: Mutex<[String: Progress]>
    private let work: Mutex<Task<Void, Never>?>

    /// Begins to ask.
    ///
    /// - Parameters:
    ///   - witnesses: Whom.
    ///   - folder: The log's folder.
    ///   - keys: The keys that its checkpoints are signed with.
    ///   - interval: How often, when there is something new.
    ///   - logger: Where failures go, once each.
    init(_ witnesses: [Witness], folder: String, keys: [NoteVerifierKey], interval: Duration, logger: Logger) {
        self.progress = Mutex(Dictionary(witnesses.map { ($0.key.name, Progress()) }) { first, _ in first })
        self.work = Mutex(nil)
        let logs = witnesses.map { witness in
            (witness, WitnessedLog(store: FolderStore(root: folder), keys: keys, witness: witness.key))
        }
        guard !logs.isEmpty else { return }
        let task = Task { [weak self] in
            while !Task.isCancelled {
                for (witness, log) in logs {
                    guard let self else { return }
                    await self.ask(witness, about: log, logger: logger)
                }
                try? await Task.sleep(for: interval)
            }
        }
        self.work.withLock { $0 = task }
    }

    /// Where each witness stands, by name.
    var state: [(name: String, progress: Progress)] {
        self.progress.withLock { state in state.sorted { $0.key < $1.key }.map { (name: $0.key, progress: $0.value) } }
    }

    /// Asks no more.
    func stop() { self.work.withLock { $0 }?.cancel() }

    private func ask(_ witness: Witness, about log: WitnessedLog, logger: Logger) async {
        var found = self.progress.withLock { $0[witness.key.name] } ?? Progress()
        let before = found
        do {
            (found.size, found.seconds) = try await Self.cosigned(witness, log) ?? (found.size, found.seconds)
            (found.failure, found.isContradicting) = (nil, false)
        } catch let contradiction as Contradiction {
            (found.failure, found.isContradicting) = (contradiction.description, true)
        } catch LogFailure.belowWitness(let log, let seen) {
            (found.failure, found.isContradicting) = ("\(LogFailure.belowWitness(log: log, witness: seen))", true)
        } catch {
            found.failure = "\(error)"
        }
        if let failure = found.failure, failure != before.failure {
            let level = found.isContradicting ? Logger.Level.critical : .warning
            logger.log(level: level, "witness \(witness.key.name): \(failure)")
        } else if found.failure == nil, before.failure != nil {
            logger.notice("witness \(witness.key.name) cosigns again")
        }
        self.progress.withLock { [found] in $0[witness.key.name] = found }
    }

    /// A witness that has seen another history.
    private struct Contradiction: Error, CustomStringConvertible {
        let description: String
    }

    /// Has what is new cosigned: from the size that is kept here, or else from the one that the witness names.
    ///
    /// - Returns: Size and moment of the newest cosignature; `nil` when there was nothing to ask.
    private static func cosigned(_ witness: Witness, _ log: WitnessedLog) async throws -> (UInt64, UInt64)? {
        var old = try await Self.reading { () throws(LogFailure) in try log.cosignedSize() }
        for _ in 0..<2 {
            let from = old
            guard let request = try await Self.reading({ () throws(LogFailure) in try log.request(from: from) }) else {
                return nil
            }
            let prefix = witness.url.path(percentEncoded: true)
            let target = (prefix.hasSuffix("/") ? prefix : prefix + "/") + "add-checkpoint"
            var call = HTTPCall(method: "POST", url: witness.url, target: target, tls: witness.tls)
            call.body = ("text/plain; charset=utf-8", request.bytes)
            let answer = try await call.answer(deadline: .seconds(30))
            let text = String(decoding: answer.body.prefix(200), as: UTF8.self)
            switch answer.status {
            case 200:
                let size = (try? Checkpoint(text: request.note.text))?.size ?? 0
                let moment = try await Self.reading { () throws(LogFailure) in try log.keep(answer.body, for: request) }
                return (size, moment)
            case 409:
                guard let seen = UInt64(text.split(separator: "\n").first ?? ""), seen != from else {
                    throw Contradiction(
                        description: "it has cosigned another root for \(from) entries: the log has forked"
                    )
                }
                old = seen
            case 422:
                throw Contradiction(
                    description:
                        "the log does not continue what it has cosigned over \(from) entries: the log has forked"
                )
            default:
                throw HTTPCall.Failure(description: "\(witness.url) answered \(answer.status) \(text)")
            }
        }
        throw HTTPCall.Failure(description: "\(witness.url) names another size each time")
    }

    /// Reads files where waiting for a disk keeps nobody else from running.
    private static func reading<Value: Sendable>(
        _ body: @escaping @Sendable () throws(LogFailure) -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
        }
    }
}
