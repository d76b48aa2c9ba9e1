// Dispatch says nothing of Sendable; its signal sources are made here, resumed once, and only ever cancelled afterwards.
@unsafe @preconcurrency import Dispatch
import Glibc

/// What the operator asks of the running process.
enum OperatorSignal: Sendable {
    /// `SIGTERM`, `SIGINT`: end, letting requests under way finish.
    case stop
    /// `SIGHUP`: take up policies and certificates now.
    case reload
}

/// Signals as a sequence of what they mean.
///
/// `SIGPIPE` is ignored: a peer that has gone away is an error of one write, not the end of the process.
func operatorSignals() -> AsyncStream<OperatorSignal> {
    signal(SIGPIPE, SIG_IGN)
    return AsyncStream { continuation in
        let sources = [(SIGTERM, OperatorSignal.stop), (SIGINT, .stop), (SIGHUP, .reload)].map { number, meaning in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(meaning) }
            source.resume()
            return source
        }
        continuation.onTermination = { _ in
            for source in sources { source.cancel() }
        }
    }
}
