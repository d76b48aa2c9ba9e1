import Directory
import Synchronization

/// A few workers and the questions that wait for them.
///
/// Whoever asks gets an answer by the deadline, whatever becomes of the worker: a question that waited too long is never asked, and one
/// whose time is over while it is asked is cut off.
final class Workforce: Sendable {
    private struct Waiting {
        /// First in, first out.
        var jobs: [@Sendable (Worker) async -> Void] = []
        var idle: [Worker]
        var isStopped = false
    }

    private let state: Mutex<Waiting>
    private let limit: Int
    private let total: Duration

    init(_ workers: [Worker], limits: DirectoryLimits) {
        self.state = Mutex(Waiting(idle: workers))
        self.limit = limits.waiting
        self.total = limits.total
    }

    /// Has a worker do something within the time that a question may take.
    ///
    /// - Parameter work: What to do, with the moment at which it has to be done.
    /// - Returns: What came of it, or ``DirectoryFailure/deadline``, ``DirectoryFailure/busy`` or ``DirectoryFailure/stopped``.
    func ask<Value: Sendable>(
        _ work: @escaping @Sendable (isolated Worker, ContinuousClock.Instant) -> Result<Value, DirectoryFailure>
    ) async -> Result<Value, DirectoryFailure> {
        let deadline = ContinuousClock.now + self.total
        return await withCheckedContinuation { continuation in
            let answer = Once(continuation)
            let timer = Task {
                try await Task.sleep(until: deadline, clock: .continuous)
                answer.give(.failure(.deadline))
            }
            let refusal = self.submit { worker in
                defer { timer.cancel() }
                // Whoever asked has gone.
                guard !answer.isGiven else { return }
                let question = worker.lifeline.begin()
                let watchdog = Task {
                    try await Task.sleep(until: deadline, clock: .continuous)
                    worker.lifeline.cut(question)
                }
                answer.give(await worker.perform(by: deadline, work))
                watchdog.cancel()
            }
            if let refusal {
                timer.cancel()
                answer.give(.failure(refusal))
            }
        }
    }

    /// Refuses every further question; those under way end by themselves.
    func stop() {
        self.state.withLock { state in
            state.isStopped = true
            state.jobs = []
        }
    }

    private func submit(_ job: @escaping @Sendable (Worker) async -> Void) -> DirectoryFailure? {
        let outcome: Result<Worker?, DirectoryFailure> = self.state.withLock { state in
            if state.isStopped { return .failure(.stopped) }
            if let worker = state.idle.popLast() { return .success(worker) }
            guard state.jobs.count < self.limit else { return .failure(.busy) }
            state.jobs.append(job)
            return .success(nil)
        }
        switch outcome {
        case .failure(let failure): return failure
        case .success(nil): return nil
        case .success(let worker?):
            Task { await self.keepBusy(worker, with: job) }
            return nil
        }
    }

    private func keepBusy(_ worker: Worker, with first: @escaping @Sendable (Worker) async -> Void) async {
        var next: (@Sendable (Worker) async -> Void)? = first
        while let job = next {
            await job(worker)
            next = self.state.withLock { state in
                guard state.jobs.isEmpty else { return state.jobs.removeFirst() }
                state.idle.append(worker)
                return nil
            }
        }
    }
}

/// An answer that several may give and only the first does.
private final class Once<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value, Never>?>

    init(_ continuation: CheckedContinuation<Value, Never>) {
        self.continuation = Mutex(continuation)
    }

    var isGiven: Bool { self.continuation.withLock { $0 == nil } }

    func give(_ value: Value) {
        let waiting = self.continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(returning: value)
    }
}
