import Glibc
import Synchronization

/// A thread of the log's own, which sleeps until it is woken or its time has come.
///
/// Writing and syncing block; Swift's cooperative threads and the event loops must never wait for a disk.
package final class Worker: Sendable {
    /// What the thread listens to.
    private let bell: Int32
    /// What rings it.
    private let rope: Int32
    private let isStopping = Atomic<Bool>(false)
    private let thread: Mutex<pthread_t?>

    /// Starts a thread that runs `body` until it returns, which it should soon after ``wait(atMost:)`` says so.
    package init(_ body: @escaping @Sendable (Worker) -> Void) {
        var ends: (Int32, Int32) = (-1, -1)
        unsafe withUnsafeMutableBytes(of: &ends) { buffer in
            let code = unsafe pipe(buffer.bindMemory(to: Int32.self).baseAddress)
            precondition(code == 0, "the system gives no pipe (errno \(errno))")
        }
        for end in [ends.0, ends.1] {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (self.bell, self.rope) = ends
        self.thread = Mutex(nil)
        let job = unsafe Unmanaged.passRetained(Job { body(self) }).toOpaque()
        var thread: pthread_t = 0
        let code = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            job
        )
        precondition(code == 0, "the system gives no thread (error \(code))")
        self.thread.withLock { $0 = thread }
    }

    deinit {
        close(self.bell)
        close(self.rope)
    }

    /// Wakes the thread, or lets its next wait return at once.
    package func wake() {
        // A full pipe wakes just as well: nothing is lost when this byte is.
        var ring: UInt8 = 1
        _ = unsafe write(self.rope, &ring, 1)
    }

    /// Sleeps until woken or `milliseconds` have passed; for the thread itself.
    ///
    /// - Returns: Whether to go on; `false` once ``stop()`` was called.
    package func wait(atMost milliseconds: Int32) -> Bool {
        if !self.isStopping.load(ordering: .acquiring) {
            var descriptor = pollfd(fd: self.bell, events: Int16(POLLIN), revents: 0)
            if unsafe poll(&descriptor, 1, milliseconds) > 0 {
                var rings = (UInt64(0), UInt64(0))
                _ = unsafe read(self.bell, &rings, MemoryLayout.size(ofValue: rings))
            }
        }
        return !self.isStopping.load(ordering: .acquiring)
    }

    /// Whether ``stop()`` was called.
    package var shouldStop: Bool { self.isStopping.load(ordering: .acquiring) }

    /// Asks the thread to end and waits until it has; the second call does nothing.
    package func stop() {
        self.isStopping.store(true, ordering: .releasing)
        self.wake()
        let thread = self.thread.withLock { thread -> pthread_t? in
            defer { thread = nil }
            return thread
        }
        if let thread { _ = pthread_join(thread, nil) }
    }
}

private final class Job {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func run() { self.body() }
}
