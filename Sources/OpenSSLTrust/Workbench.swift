import Dispatch
import Synchronization

/// Threads for what waits where it stands: a few at a time, the others in line, and no more in line than is sensible.
final class Workbench: Sendable {
    private struct Line {
        var working = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private enum Place {
        case now, later, never
    }

    private let queue: DispatchQueue
    private let line = Mutex(Line())
    private let width: Int
    private let depth: Int

    /// - Parameters:
    ///   - label: The threads' name.
    ///   - width: How many work at once.
    ///   - depth: How many may wait.
    init(label: String, width: Int, depth: Int) {
        self.queue = DispatchQueue(label: label, attributes: .concurrent)
        self.width = width
        self.depth = depth
    }

    /// Does something on one of the threads.
    ///
    /// - Returns: What came of it; `nil` when too many are waiting already.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value? {
        await withCheckedContinuation { continuation in
            let job: @Sendable () -> Void = { continuation.resume(returning: work()) }
            let place = self.line.withLock { line -> Place in
                if line.working < self.width {
                    line.working += 1
                    return .now
                }
                guard line.waiting.count < self.depth else { return .never }
                line.waiting.append(job)
                return .later
            }
            switch place {
            case .now: self.start(job)
            case .later: break
            case .never: continuation.resume(returning: nil)
            }
        }
    }

    private func start(_ job: @escaping @Sendable () -> Void) {
        self.queue.async {
            var next: (@Sendable () -> Void)? = job
            while let job = next {
                job()
                next = self.line.withLock { line in
                    guard line.waiting.isEmpty else { return line.waiting.removeFirst() }
                    line.working -= 1
                    return nil
                }
            }
        }
    }
}
