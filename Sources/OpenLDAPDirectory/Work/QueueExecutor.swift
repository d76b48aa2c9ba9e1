import Dispatch

/// Runs an actor on a queue, and so on a thread, of its own.
///
/// libldap waits where it stands. On the cooperative pool or an event loop that would stop everybody else; here only the one who asked
/// waits.
final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) {
        self.queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
