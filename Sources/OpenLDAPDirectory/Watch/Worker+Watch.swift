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
        let candidates = self.servers.candidates()
        // A watch stands for hours, and keeps nobody else from trying those that it does not come to.
        for server in candidates { self.servers.notAsked(server) }
        for server in candidates {
            guard !pulse.isStopped else { return "stopped" }
            pulse.begin(self.lifeline.begin())
            do {
                let deadline = ContinuousClock.now + self.configuration.limits.total
                let pushes = try self.asService(on: server, by: deadline) { $0.facts.pushes }
                self.servers.answered(server)
                while !pulse.isStopped {
                    for push in pushes where !pulse.isStopped {
                        _ = try self.follow(push, on: server, feed, pulse)
                        // A refused search may have brothers that stand: they go with the connection.
                        self.hangUp()
                    }
                    // The server will not push: it is asked now and then, and once in a while whether it has thought better of it.
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

    /// Says what a changed entry means for whoever remembers people.
    ///
    /// - Parameters:
    ///   - id: The entry's identity; `nil` if it says nothing to us.
    ///   - name: Where it stands; `nil` if that was not told.
    ///   - kind: What it is.
    ///   - feed: Where it is said.
    func tell(_ id: StableID?, _ name: DistinguishedName?, _ kind: EntryKind, _ feed: ChangeFeed) {
        // Deleted entries of Active Directory are renamed and moved away. Source: [MS-ADTS] 3.1.1.5.5.1.1.
        let isDeleted = name?.parts.first?.description.contains(#"\0aDEL:"#) ?? true
        func isBelow(_ bases: [DistinguishedName]) -> Bool {
            guard let name, !isDeleted else { return true }
            return bases.contains { name.isWithin($0) }
        }
        let (people, groups) = (self.configuration.people.bases, self.configuration.groups.bases)
        switch kind {
        // One that was moved out of the bases is not told, or every group of a large domain would be; see ``watchedTrees(on:)``.
        case .group: if isBelow(groups) { feed.say(.membership) }
        // Where it stands says nothing about where it stood, and so with whom below it.
        case .container: feed.say(.everything)
        case .leaf, .unknown:
            if let id { feed.say(.person(PersonID(id))) } else if isBelow(people) { feed.say(.everything) }
            if kind == .unknown, isBelow(groups) { feed.say(.membership) }
        }
    }

    /// Where changes are looked for on Active Directory: the whole trees of the bases.
    ///
    /// A search for changes takes no smaller part than a tree or a single level there; and only from the tree it can be seen that somebody
    /// was deleted, which moves the entry to a place of its own, or was moved out of the bases. A *group* that was moved out of the bases
    /// counts when what is remembered ends.
    func watchedTrees(on line: borrowing Line) -> [DistinguishedName] {
        let roots = line.facts.namingContexts
        return Set(
            self.watchedBases.map { base in
                roots.filter { base.isWithin($0) }.max { $0.parts.count < $1.parts.count } ?? base
            }
        ).sorted { $0.description < $1.description }
    }

    /// The bases for people and groups without those that are within another.
    var watchedBases: [DistinguishedName] {
        let all = self.configuration.people.bases + self.configuration.groups.bases
        return Set(all).filter { base in !all.contains { $0 != base && base.isWithin($0) } }
            .sorted { $0.description < $1.description }
    }

    /// What is read of a changed entry.
    static let attributesOfChanged: [AttributeName] = Entry.identityAttributes + ["objectclass"]
}
