import Foundation

/// Measures how much stack something takes.
enum StackUse {
    /// What the smallest threads have that programs commonly use: those of Swift's tasks on some systems.
    static let small = 512 * 1024

    private static let size = 8 * 1024 * 1024

    private final class Work<Result> {
        let body: () -> Result
        var result: Result?

        init(_ body: @escaping () -> Result) { self.body = body }

        func run() { self.result = self.body() }
    }

    /// Runs `body` on a thread with a stack of its own.
    ///
    /// - Returns: What it gave, and how many bytes of the stack it took.
    static func measured<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> (result: Result, bytes: Int) {
        // Fresh pages are zero, and only what was used is not. They belong to the thread until it has been joined.
        let mapped = unsafe mmap(nil, self.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let stack = unsafe mapped, unsafe stack != MAP_FAILED else { fatalError("no memory for a stack") }
        defer { unsafe munmap(stack, self.size) }
        let work = Work(body)
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setstack(&attributes, stack, self.size)
        defer { unsafe pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(Box { work.run() }).toOpaque()
        let code = unsafe pthread_create(
            &thread,
            &attributes,
            { context in
                guard let context = unsafe context else { return nil }
                // Retained for this thread, which is the only one to take it.
                unsafe Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
                return nil
            },
            context
        )
        guard code == 0 else { fatalError("no thread: \(code)") }
        pthread_join(thread, nil)
        guard let result = work.result else { fatalError("the thread ended without a result") }
        // Stacks grow downwards; a line of the cache that was used is hardly ever all zeros at the word looked at.
        var untouched = 0
        while untouched < self.size, unsafe stack.load(fromByteOffset: untouched, as: UInt64.self) == 0 {
            untouched += 8
        }
        return (result, self.size - untouched)
    }

    private final class Box {
        let body: () -> Void

        init(_ body: @escaping () -> Void) { self.body = body }
    }
}
