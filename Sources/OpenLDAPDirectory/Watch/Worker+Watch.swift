import COpenLDAP
import Directory

extension Worker {
    /// Watches until the connection is lost or nobody wants to watch any more.
    ///
    /// - Parameters:
    ///   - feed: Where changes are said.
    ///   - pulse: Where it is noted that the server lives.
    /// - Returns: Why the watch ended.
    func watch(_ feed: ChangeFeed, _ pulse: Pulse) -> String {
        var reason = "no directory server is configured or found"
        defer { pulse.end() }
        for server in self.servers.candidates() {
            guard !pulse.isStopped else { return "stopped" }
            pulse.begin(self.lifeline.begin())
            do {
                let deadline = ContinuousClock.now + self.configuration.limits.total
                let pushes = try self.asService(on: server, by: deadline) { $0.facts.pushesBySyncrepl }
                self.servers.answered(server)
                if pushes {
                    try self.followPushes(on: server, feed, pulse)
                } else {
                    try self.poll(server, feed, pulse)
                }
                return "stopped"
            } catch {
                self.hangUp()
                self.servers.failed(server, error)
                reason = "`\(server)`: \(error)"
            }
        }
        return reason
    }

    private func followPushes(
        on server: ServerAddress,
        _ feed: ChangeFeed,
        _ pulse: Pulse
    ) throws(ConnectionFailure) {
        let deadline = ContinuousClock.now + self.configuration.limits.total
        try self.asService(on: server, by: deadline) { line throws(ConnectionFailure) in
            var refreshing: Set<Int32> = []
            for base in self.watchedBases {
                let request = SearchRequest(
                    base: base.description,
                    attributes: Entry.identityAttributes,
                    controls: [SyncMessage.request(cookie: nil)]
                )
                refreshing.insert(try line.connection.send(request))
            }
            let searches = refreshing
            var isLive = false
            while !pulse.isStopped {
                guard let (number, message) = try self.next(on: line, within: self.configuration.limits.silence / 3)
                else {
                    // Silence may be peace: ask something that has to be answered.
                    _ = try line.connection.send(SearchRequest(base: "", scope: .base, attributes: []))
                    continue
                }
                pulse.beat()
                guard searches.contains(number) else { continue }
                switch message {
                case .refreshed:
                    refreshing.remove(number)
                    guard refreshing.isEmpty, !isLive else { break }
                    isLive = true
                    // What happened while nobody watched is not known one by one.
                    feed.say(.everything)
                    feed.say(.live(.syncrepl))
                case .entry(let entry, let name):
                    // Until the refresh is over these are entries as they stand, and no changes.
                    if isLive { self.tell(entry, name, feed) }
                case .entries(let entries):
                    if isLive { for entry in entries { self.tell(entry, nil, feed) } }
                case .somebody: if isLive { feed.say(.everything) }
                case .ended(let answer): throw .lost("the server ended the watch: \(answer.description)")
                case .other: break
                }
            }
        }
    }

    private enum Pushed {
        case entry(StableID, DistinguishedName)
        /// An entry by an identity that says nothing to us.
        case somebody
        case entries([StableID])
        case refreshed
        case ended(Answer)
        case other
    }

    private func next(
        on line: borrowing Line,
        within time: Duration
    ) throws(ConnectionFailure) -> (Int32, Pushed)? {
        guard let response = try line.connection.response(to: Int32(LDAP_RES_ANY), isWhole: false, within: time) else {
            return nil
        }
        let number = unsafe ldap_msgid(response.message)
        switch response.kind {
        case stile_ldap_message_entry:
            let entry = try unsafe line.connection.entry(response.message)
            guard case .entry(let id, _)? = SyncMessage.state(in: entry.controls)?.0 else { return (number, .other) }
            // 389 Directory Server speaks of `nsUniqueId` here, so what the entry itself says goes first; a deleted one says nothing.
            if entry.uuid == nil, line.facts.flavour == .dirsrv389 { return (number, .somebody) }
            return (number, .entry(entry.uuid ?? id, entry.name))
        case stile_ldap_message_intermediate:
            guard let (oid, value) = line.connection.notice(in: response) else { return (number, .other) }
            switch SyncMessage.notice(oid, value)?.0 {
            case .refreshed: return (number, .refreshed)
            case .entries where line.facts.flavour == .dirsrv389: return (number, .somebody)
            case .entries(let entries, _): return (number, .entries(entries))
            default: return (number, .other)
            }
        case stile_ldap_message_done: return (number, .ended(try line.connection.answer(in: response)))
        default: return (number, .other)
        }
    }

    private func tell(_ entry: StableID, _ name: DistinguishedName?, _ feed: ChangeFeed) {
        let bases = (people: self.configuration.people.bases, groups: self.configuration.groups.bases)
        if name.map({ name in bases.people.contains { name.isWithin($0) } }) ?? true {
            feed.say(.person(PersonID(entry)))
        }
        if name.map({ name in bases.groups.contains { name.isWithin($0) } }) ?? true { feed.say(.membership) }
    }

    /// The bases for people and groups without those that are within another.
    var watchedBases: [DistinguishedName] {
        let all = self.configuration.people.bases + self.configuration.groups.bases
        return Set(all).filter { base in !all.contains { $0 != base && base.isWithin($0) } }
            .sorted { $0.description < $1.description }
    }
}

// MARK: - Asking now and then

extension Worker {
    /// Asks at intervals what has changed since; deletions are not seen this way.
    private func poll(_ server: ServerAddress, _ feed: ChangeFeed, _ pulse: Pulse) throws(ConnectionFailure) {
        let limits = self.configuration.limits
        var since = try self.mark(on: server)
        feed.say(.everything)
        feed.say(.live(.polling))
        var next = ContinuousClock.now + limits.polling
        while !pulse.isStopped {
            let deadline = ContinuousClock.now + limits.total
            // Short waits, so that a stop is seen.
            Self.rest(min(limits.silence / 5, max(.zero, next - .now)))
            pulse.beat()
            guard ContinuousClock.now >= next else { continue }
            next = .now + limits.polling
            let mark = try self.mark(on: server)
            for base in self.watchedBases {
                let request = SearchRequest(
                    base: base.description,
                    filter: .atLeast(since.attribute, AssertionValue(since.value)),
                    attributes: Entry.identityAttributes
                )
                for entry in try self.entries(request, on: server, by: deadline) {
                    if let id = entry.uuid { self.tell(id, entry.name, feed) }
                }
            }
            since = mark
        }
    }

    // From where on changes are new: a change number on Active Directory, the server's clock elsewhere.
    private func mark(on server: ServerAddress) throws(ConnectionFailure) -> (attribute: AttributeName, value: String) {
        let deadline = ContinuousClock.now + self.configuration.limits.total
        let request = SearchRequest(base: "", scope: .base, attributes: ["highestcommittedusn", "currenttime"])
        let root = try self.entries(request, on: server, by: deadline).first
        if let number = root?.integer("highestcommittedusn") { return ("usnchanged", "\(number)") }
        return (
            "modifytimestamp",
            DirectoryTime.generalized(Self.now - Int64(2 * self.configuration.limits.polling.components.seconds))
        )
    }
}
