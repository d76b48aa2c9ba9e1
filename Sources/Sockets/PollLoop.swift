import CSockets
package import Dispatch
import Glibc
package import NIOCore
import Synchronization

/// An event loop that does little: one thread, one epoll, sockets, tasks and a few timers.
///
/// SwiftNIO's pipelines, buffers, futures and TLS run on it as on its own loops, which cost several microseconds a request
/// more: they serve every kind of channel and option, this one serves connections that carry requests.
///
/// What is ready is asked for level by level: a socket stays in the set with the same interest from its first byte to its
/// last, so in the steady state a request costs two receives, two sends and its share of one wait.
// SAFETY: what is not behind a lock or an atomic is touched on the loop's own thread alone.
@safe package final class PollLoop: EventLoop, @unchecked Sendable {
    private let poll: Int32
    private let bell: Int32
    /// The loop's thread; 0 until it runs.
    private let thread = Atomic<UInt>(0)
    /// Whether the thread waits, or is about to, and must be rung for.
    private let isAsleep = Atomic<Bool>(false)
    private let incoming = Mutex(Incoming())
    private let name: String

    // On the loop's thread.
    private var targets: [Target] = []
    private var generation: UInt32 = 0
    private var tasks: [@Sendable () -> Void] = []
    private var running: [@Sendable () -> Void] = []
    private var timers = TimerHeap()
    /// Whether nothing new is taken up.
    private var isEnding = false
    /// The present moment, as of the beginning of this round: when what is being worked on was found.
    package private(set) var now = NIODeadline.now()
    /// Called on the loop after each round of sockets, tasks and timers.
    package var roundEnds: (() -> Void)?
    private var events = [csockets_event](repeating: csockets_event(), count: 256)
    /// Where bytes are received before they are handed on, in as much memory as they need.
    let scratch: UnsafeMutableRawBufferPointer

    /// How many bytes are received at once.
    static let scratchBytes = 65_536

    private struct Target {
        var generation: UInt32 = 0
        var polled: Polled?
    }

    private struct Incoming {
        var tasks: [@Sendable () -> Void] = []
        var isStopping = false
        var isOver = false
        var whenOver: [@Sendable () -> Void] = []
    }

    /// Starts the loop's thread.
    ///
    /// - Parameter name: What the thread is called, at most 15 letters.
    /// - Throws: ``SocketFailure`` when the system gives no descriptors.
    package init(name: String) throws(SocketFailure) {
        self.name = name
        self.poll = try SocketFailure.check(csockets_poll_new(), "make an epoll")
        let bell = csockets_bell_new()
        do {
            self.bell = try SocketFailure.check(bell, "make an eventfd")
            let added = csockets_poll_add(self.poll, self.bell, Readiness.read, .max)
            _ = try SocketFailure.check(added, "watch an eventfd")
        } catch {
            if bell >= 0 { csockets_close(bell) }
            csockets_close(self.poll)
            throw error
        }
        unsafe self.scratch = .allocate(byteCount: Self.scratchBytes, alignment: 16)
        let body = unsafe Unmanaged.passRetained(self).toOpaque()
        var thread: pthread_t = 0
        let code = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                // Retained for the thread, which lets go of it when it ends.
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<PollLoop>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            body
        )
        precondition(code == 0, "the system gives no thread (error \(code))")
        pthread_detach(thread)
    }

    deinit {
        csockets_close(self.bell)
        csockets_close(self.poll)
        unsafe self.scratch.deallocate()
    }

    // MARK: - The thread

    private func run() {
        unsafe csockets_name_thread(self.name)
        self.thread.store(UInt(pthread_self()), ordering: .sequentiallyConsistent)
        while true {
            let wait = self.fallAsleep()
            let count = unsafe csockets_poll_wait(self.poll, &self.events, Int32(self.events.count), wait)
            self.isAsleep.store(false, ordering: .sequentiallyConsistent)
            self.now = .now()
            // Only a descriptor that is none, or memory that is not ours, can fail it.
            precondition(count >= 0, "epoll_wait failed (errno \(-count))")
            for index in 0..<Int(count) { self.dispatch(self.events[index]) }
            guard self.work() else { break }
            self.roundEnds?()
        }
        // The number may become another thread's.
        self.thread.store(0, ordering: .sequentiallyConsistent)
    }

    /// How long the thread may wait, in milliseconds; from here on, others ring for it.
    private func fallAsleep() -> Int32 {
        guard self.tasks.isEmpty else { return 0 }
        self.isAsleep.store(true, ordering: .sequentiallyConsistent)
        // What was left before that was seen is found here; what is left from now on rings.
        let hasWork = self.incoming.withLock { !$0.tasks.isEmpty || $0.isStopping }
        if hasWork { return 0 }
        guard let due = self.timers.nextDeadline else { return -1 }
        let rest = (due - .now()).nanoseconds
        return rest <= 0 ? 0 : Int32(clamping: (rest + 999_999) / 1_000_000)
    }

    private func dispatch(_ event: csockets_event) {
        guard event.token != .max else {
            _ = csockets_bell_silence(self.bell)
            return
        }
        let descriptor = Int(truncatingIfNeeded: event.token & 0xFFFF_FFFF)
        // Closed earlier in this round, its number may belong to another already.
        guard descriptor < self.targets.count,
            self.targets[descriptor].generation == UInt32(truncatingIfNeeded: event.token >> 32),
            let polled = self.targets[descriptor].polled
        else { return }
        polled.isReady(for: event.what)
    }

    /// Runs what was left to be run.
    ///
    /// - Returns: Whether the loop goes on.
    private func work() -> Bool {
        var isStopping = false
        self.incoming.withLock { incoming in
            isStopping = incoming.isStopping
            guard !incoming.tasks.isEmpty else { return }
            self.tasks.append(contentsOf: incoming.tasks)
            incoming.tasks.removeAll(keepingCapacity: true)
        }
        // What these leave behind runs in the next round, after the sockets have had their turn.
        swap(&self.tasks, &self.running)
        for task in self.running { task() }
        self.running.removeAll(keepingCapacity: true)
        while let timer = self.timers.take(dueAt: self.now) { timer.fire() }
        return isStopping ? self.wind() : true
    }

    /// Ends the loop: everything open is closed, and what is left to run is run.
    private func wind() -> Bool {
        self.isEnding = true
        for target in self.targets { target.polled?.loopEnds() }
        while true {
            for timer in self.timers.takeAll() { timer.giveUp() }
            let left = self.incoming.withLock { incoming -> [@Sendable () -> Void] in
                defer { incoming.tasks = [] }
                if self.tasks.isEmpty, incoming.tasks.isEmpty { incoming.isOver = true }
                return incoming.tasks
            }
            let tasks = self.tasks
            self.tasks = []
            if tasks.isEmpty, left.isEmpty { break }
            for task in tasks { task() }
            for task in left { task() }
        }
        for told in self.incoming.withLock({ $0.whenOver }) { told() }
        return false
    }

    // MARK: - Sockets

    /// Watches a descriptor.
    ///
    /// - Returns: What it is known by from now on.
    func add(_ polled: Polled, _ descriptor: Int32, for what: UInt32) throws(SocketFailure) {
        guard !self.isEnding else { throw SocketFailure(operation: "use a loop that ends", code: ECANCELED) }
        let place = Int(descriptor)
        while self.targets.count <= place { self.targets.append(Target()) }
        self.generation &+= 1
        // The last one is the bell's.
        if self.generation == .max { self.generation = 1 }
        let token = UInt64(self.generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
        self.targets[place] = Target(generation: self.generation, polled: polled)
        do {
            _ = try SocketFailure.check(csockets_poll_add(self.poll, descriptor, what, token), "watch a socket")
        } catch {
            self.targets[place].polled = nil
            throw error
        }
    }

    /// Changes what a descriptor is watched for.
    func change(_ descriptor: Int32, for what: UInt32) {
        let token = UInt64(self.targets[Int(descriptor)].generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
        // It is open and in the set, and nothing else can fail.
        _ = csockets_poll_change(self.poll, descriptor, what, token)
    }

    /// Watches a descriptor no longer; closing it is the caller's.
    func remove(_ descriptor: Int32) {
        self.targets[Int(descriptor)].polled = nil
        _ = csockets_poll_remove(self.poll, descriptor)
    }

    // MARK: - EventLoop

    package var inEventLoop: Bool { self.thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    package func execute(_ task: @escaping @Sendable () -> Void) {
        // After the end nobody runs it, as on every loop.
        _ = self.leave(task)
    }

    /// Runs something on the loop, and waits for it; not to be called on the loop itself.
    ///
    /// What is awaited from outside is asked for in this way and not by a future, since whoever waits for a future of a loop that has
    /// ended waits for ever.
    ///
    /// - Parameter work: What to do on the loop's thread.
    /// - Returns: What came of it; `nil` when the loop has ended, and nothing was done.
    @discardableResult
    package func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value? {
        await withCheckedContinuation { continuation in
            let isTaken = self.leave { continuation.resume(returning: work()) }
            if !isTaken { continuation.resume(returning: nil) }
        }
    }

    /// Leaves a task for the loop's thread.
    ///
    /// - Returns: Whether it will be run: everything that was left before the end is.
    private func leave(_ task: @escaping @Sendable () -> Void) -> Bool {
        if self.inEventLoop {
            self.tasks.append(task)
            return true
        }
        let isTaken = self.incoming.withLock { incoming in
            guard !incoming.isOver else { return false }
            incoming.tasks.append(task)
            return true
        }
        if isTaken { self.ring() }
        return isTaken
    }

    private func ring() {
        if self.isAsleep.exchange(false, ordering: .sequentiallyConsistent) { _ = csockets_bell_ring(self.bell) }
    }

    @discardableResult
    package func scheduleTask<T>(deadline: NIODeadline, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        let promise = self.makePromise(of: T.self)
        let timer = LoopTimer(
            deadline: deadline,
            run: {
                do {
                    promise.assumeIsolated().succeed(try task())
                } catch {
                    promise.fail(error)
                }
            },
            cancel: { promise.fail(EventLoopError.cancelled) }
        )
        if self.inEventLoop {
            self.timers.push(timer)
        } else {
            self.execute { self.timers.push(timer) }
        }
        return Scheduled(promise: promise) { timer.isCancelled.store(true, ordering: .releasing) }
    }

    @discardableResult
    package func scheduleTask<T>(in delay: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        self.scheduleTask(deadline: .now() + delay, task)
    }

    /// Closes everything that is open on the loop, runs what is left to run, and ends its thread.
    package func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        let isOver = self.incoming.withLock { incoming in
            if incoming.isOver { return true }
            incoming.isStopping = true
            incoming.whenOver.append { queue.async { callback(nil) } }
            return false
        }
        if isOver {
            queue.async { callback(nil) }
        } else {
            self.ring()
        }
    }
}

/// Something that a loop watches.
///
/// Confined to its loop.
package class Polled {
    /// It is ready for what is asked, or for what nobody asks: that it has failed.
    func isReady(for what: UInt32) {}

    /// The loop ends.
    func loopEnds() {}
}

/// What sockets are watched for.
enum Readiness {
    static let read = UInt32(CSOCKETS_READ)
    static let write = UInt32(CSOCKETS_WRITE)
    static let over = UInt32(CSOCKETS_OVER)
}
