import NIOCore
import Sockets
import Synchronization
import Testing

@Suite("The loop")
struct PollLoopTests {
    static func onLoop(_ body: (PollLoop) async throws -> Void) async throws {
        let loop = try PollLoop(name: "test-loop")
        try await body(loop)
        try await loop.shutdownGracefully()
    }

    @Test("A task runs on the loop's thread, whoever leaves it, and in the order in which one thread leaves several")
    func tasks() async throws {
        try await Self.onLoop { loop in
            #expect(!loop.inEventLoop)
            let isThere = try await loop.submit { loop.inEventLoop }.get()
            #expect(isThere)
            let seen = Mutex<[Int]>([])
            for number in 0..<1_000 { loop.execute { seen.withLock { $0.append(number) } } }
            let order = try await loop.submit { seen.withLock { $0 } }.get()
            #expect(order == Array(0..<1_000))
        }
    }

    @Test("A task that a task leaves runs after it")
    func nested() async throws {
        try await Self.onLoop { loop in
            let order: [String] = try await loop.flatSubmit {
                let seen = NIOLoopBoundBox([String](), eventLoop: loop)
                loop.execute { seen.value.append("later") }
                seen.value.append("now")
                return loop.submit { seen.value }
            }.get()
            #expect(order == ["now", "later"])
        }
    }

    @Test("Timers fire in the order of their deadlines, and cancelled ones do not")
    func timers() async throws {
        try await Self.onLoop { loop in
            let fired = Mutex<[Int]>([])
            // Pushed and cancelled on the loop in one go: all are due at once, and none can fire before the one is cancelled.
            let (cancelled, last) = try await loop.submit {
                let now = NIODeadline.now()
                let cancelled = loop.scheduleTask(deadline: now) { fired.withLock { $0.append(0) } }
                for number in [3, 1, 2] {
                    loop.scheduleTask(deadline: now - .milliseconds(10) + .milliseconds(Int64(number))) {
                        fired.withLock { $0.append(number) }
                    }
                }
                cancelled.cancel()
                return (cancelled, loop.scheduleTask(deadline: now) { fired.withLock { $0 } })
            }.get()
            let order = try await last.futureResult.get()
            #expect(order == [1, 2, 3])
            await #expect(throws: EventLoopError.cancelled) { try await cancelled.futureResult.get() }
        }
    }

    @Test("A loop that ends runs what was left, gives up what was meant for later, and ends once, however often asked")
    func ending() async throws {
        let loop = try PollLoop(name: "test-loop")
        let later = loop.scheduleTask(in: .hours(1)) { 1 }
        let left = loop.submit { 2 }
        let ran = Mutex<Int?>(nil)
        let gaveUp = Mutex(false)
        // Told on the loop, as long as there is one.
        left.whenSuccess { number in ran.withLock { $0 = number } }
        later.futureResult.whenFailure { error in gaveUp.withLock { $0 = error as? EventLoopError == .cancelled } }
        try await loop.shutdownGracefully()
        #expect(ran.withLock { $0 } == 2)
        #expect(gaveUp.withLock { $0 })
        try await loop.shutdownGracefully()
        #expect(!loop.inEventLoop)
    }

    @Test("Whoever asks a loop that has ended hears that nothing was done, instead of waiting")
    func asking() async throws {
        let loop = try PollLoop(name: "test-loop")
        #expect(await loop.run { loop.inEventLoop } == true)
        try await loop.shutdownGracefully()
        #expect(await loop.run { 1 } == nil)
    }

    /// How often something was done.
    private final class Tally: Sendable {
        private let done = Atomic<Int>(0)

        var count: Int { self.done.load(ordering: .relaxed) }

        func add() { self.done.wrappingAdd(1, ordering: .relaxed) }
    }

    @Test("Everybody who asks while the loop ends gets an answer, and what was said to be done was done")
    func askingAtTheEnd() async throws {
        for _ in 0..<50 {
            let loop = try PollLoop(name: "test-loop")
            let done = Tally()
            let told = await withTaskGroup(of: Int.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        if number == 20 { try? await loop.shutdownGracefully() }
                        let isDone = await loop.run { done.add() } != nil
                        return isDone ? 1 : 0
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(told == done.count)
        }
    }

    @Test("A listening socket is closed once, whether by itself, by its loop's end, or again afterwards")
    func closing() async throws {
        let loop = try PollLoop(name: "test-loop")
        let place = SocketChannelTests.Place.closing
        let address = try SocketAddress(ipAddress: place.rawValue, port: 0)
        let first = try await ListeningSocket.open(address, isShared: false, on: loop) { _ in }
        let second = try await ListeningSocket.open(address, isShared: false, on: loop) { _ in }
        await first.close()
        await first.close()
        try await loop.shutdownGracefully()
        await first.close()
        await second.close()
        // Nobody listens there any more.
        for socket in [first, second] {
            try ListeningSocket.probe(try SocketAddress(ipAddress: place.rawValue, port: socket.port))
        }
        await #expect(throws: SocketFailure.self) {
            try await ListeningSocket.open(address, isShared: false, on: loop) { _ in }
        }
    }
}
