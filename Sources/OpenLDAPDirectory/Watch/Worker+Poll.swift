import Directory

extension Worker {
    /// Asks at intervals what has changed since, for as long as a server is not asked again whether it pushes.
    ///
    /// Deletions are seen only where the server shows deleted entries to the gateway; without that they count when what is remembered
    /// has to be read again.
    func poll(_ server: ServerAddress, _ feed: ChangeFeed, _ pulse: Pulse) throws(ConnectionFailure) {
        let limits = self.configuration.limits
        let end = ContinuousClock.now + limits.discovery
        var since = try self.mark(on: server)
        var told: [StableID: String] = [:]
        feed.say(.everything)
        feed.say(.live(.polling))
        var next = ContinuousClock.now + limits.polling
        while !pulse.isStopped, ContinuousClock.now < end {
            // Short waits, so that a stop is seen.
            Self.rest(min(limits.silence / 5, max(.zero, next - .now)))
            pulse.beat()
            guard ContinuousClock.now >= next else { continue }
            next = .now + limits.polling
            let mark = try self.mark(on: server)
            let changed = try self.changed(since, on: server)
            for entry in changed {
                // Where marks overlap, an entry comes again and again; it is told once for each of its states.
                let state = Self.state(of: entry, by: since.attribute)
                if let id = entry.uuid, told[id] == state { continue }
                self.tell(entry.uuid, entry.name, EntryKind(classes: entry.texts("objectclass")), feed)
            }
            told = Dictionary(
                changed.compactMap { entry in entry.uuid.map { ($0, Self.state(of: entry, by: since.attribute)) } },
                uniquingKeysWith: { $1 }
            )
            since = mark
        }
    }

    // A moment is told in whole seconds, in which much can happen; the number that OpenLDAP gives each change is another one each time.
    private static func state(of entry: Entry, by attribute: AttributeName) -> String {
        entry.text("entrycsn") ?? entry.text(attribute) ?? ""
    }

    /// From where on changes are new.
    private struct Mark {
        var attribute: AttributeName
        var value: String
    }

    private func changed(_ since: Mark, on server: ServerAddress) throws(ConnectionFailure) -> [Entry] {
        let deadline = ContinuousClock.now + self.configuration.limits.total
        let hasNumbers = since.attribute == "usnchanged"
        let bases =
            hasNumbers
            ? try self.asService(on: server, by: deadline) { self.watchedTrees(on: $0) } : self.watchedBases
        var entries: [Entry] = []
        for base in bases {
            var request = SearchRequest(
                base: base.description,
                filter: .atLeast(since.attribute, AssertionValue(since.value)),
                attributes: Self.attributesOfChanged + [since.attribute, "entrycsn"]
            )
            if hasNumbers { request.controls = [.showDeleted] }
            entries += try self.entries(request, on: server, by: deadline)
        }
        return entries
    }

    // A change number on Active Directory; elsewhere a moment of our own clock, with room for the server's.
    private func mark(on server: ServerAddress) throws(ConnectionFailure) -> Mark {
        let deadline = ContinuousClock.now + self.configuration.limits.total
        let request = SearchRequest(base: "", scope: .base, attributes: ["highestcommittedusn"])
        let root = try self.entries(request, on: server, by: deadline).first
        if let number = root?.integer("highestcommittedusn") {
            // The next one: the entry that bears the highest number has been told.
            return Mark(attribute: "usnchanged", value: "\(number + 1)")
        }
        let room = Self.clockSkew + Int64(2 * self.configuration.limits.polling.components.seconds)
        return Mark(attribute: "modifytimestamp", value: DirectoryTime.generalized(Self.now - room))
    }

    /// How far a server's clock may be behind ours before polling misses changes, in seconds: what Kerberos allows.
    private static let clockSkew: Int64 = 300
}
