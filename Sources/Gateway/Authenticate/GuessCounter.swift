import Directory
import NIOCore

/// Counts wrong passwords per name, per person and per source, so that guessing through Stile locks nobody out of the directory.
///
/// Attempts under way count as wrong until they are known to be right: otherwise a hundred guesses at once would all
/// reach the directory before the first answer.
struct GuessCounter {
    /// Who is counted.
    enum Subject: Hashable {
        /// The name as typed, in lower case.
        case account(String)
        /// Whoever the name was found to be: people have several names, and the directory counts those as one.
        case person(PersonID)
        /// The address of the peer, without its port.
        case source(String)
    }

    /// What an attempt showed.
    enum Result {
        /// It was right: whoever knows the password has not been guessing.
        case right
        /// It was wrong, or may have been.
        case wrong
        /// It was not tried, or nobody could tell: neither clears anything.
        case untold
    }

    private struct Count {
        var wrong = 0
        var underWay = 0
        var since: NIODeadline
    }

    private let limits: GuessLimits
    private let window: TimeAmount
    private var counts: [Subject: Count] = [:]

    init(_ limits: GuessLimits) {
        self.limits = limits
        self.window = TimeAmount(limits.window)
    }

    /// Whether another attempt may reach the directory; if so it counts as under way.
    mutating func admit(account: String, source: String, at now: NIODeadline) -> Bool {
        if self.counts.count >= self.limits.maximumCounted { self.sweep(at: now) }
        // Still full after sweeping: somebody is spraying names, and what cannot be counted is not let through.
        guard self.counts.count < self.limits.maximumCounted else { return false }
        let name = Subject.account(account)
        let peer = Subject.source(source)
        guard self.used(name, at: now) < self.limits.perAccount, self.used(peer, at: now) < self.limits.perSource else {
            return false
        }
        self.counts[name, default: Count(since: now)].underWay += 1
        self.counts[peer, default: Count(since: now)].underWay += 1
        return true
    }

    /// Whether the password of a person may be tried, now that it is known whose name it was; if so it counts as under way.
    mutating func admit(_ person: PersonID, at now: NIODeadline) -> Bool {
        guard self.used(.person(person), at: now) < self.limits.perAccount else { return false }
        self.counts[.person(person), default: Count(since: now)].underWay += 1
        return true
    }

    /// An admitted attempt has ended.
    ///
    /// - Parameters:
    ///   - account: The name.
    ///   - source: The peer's address.
    ///   - person: Who was admitted; `nil` when it did not come to that.
    ///   - result: What it showed.
    ///   - now: The present moment.
    mutating func ended(
        account: String,
        source: String,
        person: PersonID? = nil,
        _ result: Result,
        at now: NIODeadline
    ) {
        for subject in [Subject.account(account), .source(source)] + (person.map { [.person($0)] } ?? []) {
            guard var count = self.counts[subject] else { continue }
            count.underWay -= 1
            switch (result, subject) {
            case (.wrong, _):
                if count.wrong == 0 { count.since = now }
                count.wrong += 1
            case (.right, .account), (.right, .person): count.wrong = 0
            case (.right, .source), (.untold, _): break
            }
            self.counts[subject] = count.wrong == 0 && count.underWay == 0 ? nil : count
        }
    }

    private mutating func used(_ subject: Subject, at now: NIODeadline) -> Int {
        guard var count = self.counts[subject] else { return 0 }
        if count.wrong > 0, count.since + self.window <= now {
            count.wrong = 0
            self.counts[subject] = count.underWay == 0 ? nil : count
        }
        return count.wrong + count.underWay
    }

    private mutating func sweep(at now: NIODeadline) {
        self.counts = self.counts.filter { $0.value.underWay > 0 || $0.value.since + self.window > now }
    }
}
