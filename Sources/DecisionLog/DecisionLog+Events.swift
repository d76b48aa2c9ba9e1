import Synchronization

extension DecisionLog {
    /// Writes down something that happened, and waits until it is on disk.
    ///
    /// For what may only be done once it is written down: the asker goes on when this says so, and not otherwise.
    ///
    /// - Parameters:
    ///   - name: What happened, see ``LogEvent``.
    ///   - details: What belongs to it; never anything about a person.
    ///   - patience: How long the disk may take.
    /// - Returns: Whether it is on disk; if not, it may still get there.
    package func record(
        _ name: String,
        _ details: [String: JSONValue],
        patience: Duration = .seconds(5)
    ) async -> Bool {
        guard self.journal.state == .open else { return false }
        self.note(name, details)
        let wanted = self.journal.hub.queue.through
        let deadline = ContinuousClock.now + patience
        while self.journal.hub.durableThrough < wanted {
            guard self.journal.state != .closed, ContinuousClock.now < deadline else { return false }
            // A thread of the pool must not stand still for a disk; a commit takes about as long.
            try? await Task.sleep(for: .milliseconds(1))
        }
        return true
    }
}
