import Synchronization

/// The keys for those whom nobody recognised: one for each day, made a day ahead, so that asking for one never waits.
///
/// A peer's address and a name tried in vain are about a person too; with a key of the day they can be erased by the day.
final class DayKeys: Sendable {
    private struct Known {
        var day: CalendarDay
        var today: PersonKey
        var tomorrow: PersonKey
    }

    private let keys: PersonKeys
    private let known: Mutex<Known>

    init(keys: PersonKeys, now: Timestamp) throws(LogFailure) {
        self.keys = keys
        self.known = Mutex(try Self.make(now.day, keys))
    }

    /// The key of the day; when the clock jumped, the nearest there is until ``turn(now:)``.
    func key(now: Timestamp) -> PersonKey {
        self.known.withLock { now.day > $0.day ? $0.tomorrow : $0.today }
    }

    /// Makes the next day's key once a day has begun; may wait for a sync.
    func turn(now: Timestamp) throws(LogFailure) {
        guard self.known.withLock({ $0.day }) != now.day else { return }
        let fresh = try Self.make(now.day, self.keys)
        self.known.withLock { $0 = fresh }
    }

    private static func make(_ day: CalendarDay, _ keys: PersonKeys) throws(LogFailure) -> Known {
        let today = try keys.key(for: "day:\(day)")
        return Known(day: day, today: today, tomorrow: try keys.key(for: "day:\(day.adding(days: 1))"))
    }
}
