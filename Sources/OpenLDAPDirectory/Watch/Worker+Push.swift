import COpenLDAP
import Directory

extension Worker {
    /// What a server says about a search that never ends.
    private enum Pushed {
        /// An entry: changed, or still there (`wasThere`).
        case entry(StableID?, DistinguishedName, EntryKind, wasThere: Bool)
        case entries([StableID?], areDeleted: Bool)
        case stays
        case refreshed(toldDeletions: Bool)
        case ended(Answer)
        case other
    }

    /// Follows what a server pushes, until the connection is lost or nobody wants to watch any more.
    ///
    /// - Returns: Why the server will not push this way; `nil` when the watch was stopped.
    func follow(
        _ push: Push,
        on server: ServerAddress,
        _ feed: ChangeFeed,
        _ pulse: Pulse
    ) throws(ConnectionFailure) -> Answer? {
        let deadline = ContinuousClock.now + self.configuration.limits.total
        return try self.asService(on: server, by: deadline) { line throws(ConnectionFailure) in
            var progress = try self.begin(push, on: line)
            // Where no refresh tells that the searches stand, answers to something asked afterwards do; two, since a server may take up
            // several questions of one connection at once.
            var probes = push.tellsWhenRefreshed ? 0 : 2
            var probe = probes > 0 ? try Self.probe(line) : nil
            while !pulse.isStopped {
                guard let (number, said, cookie) = try self.next(push, on: line) else {
                    // Silence may be peace: ask something that has to be answered.
                    _ = try Self.probe(line)
                    continue
                }
                pulse.beat()
                if number == probe, case .ended = said {
                    probes -= 1
                    probe = probes > 0 ? try Self.probe(line) : nil
                    if probes == 0 { progress.allRefreshed() }
                }
                if let base = progress.base(of: number) {
                    if case .ended(let answer) = said {
                        if answer.code == ResultCode.refreshRequired { self.cookies[server, base] = nil }
                        guard !progress.isLive, Self.isRefusal(answer.code) else {
                            throw .lost("the server ended the watch: \(answer.description)")
                        }
                        return answer
                    }
                    self.take(said, of: number, &progress, feed)
                    if let cookie { progress.note(cookie, of: number) }
                }
                if let isExact = progress.goesLive() {
                    // What happened while nobody watched is not known one by one, unless the server knew where the watch left off.
                    if !isExact { feed.say(.everything) }
                    feed.say(.live(push.method))
                }
                for (base, cookie) in progress.newPlaces() { self.cookies[server, base] = cookie }
            }
            return nil
        }
    }

    private func begin(_ push: Push, on line: borrowing Line) throws(ConnectionFailure) -> WatchProgress {
        let bases = push == .notification ? self.watchedTrees(on: line) : self.watchedBases
        var progress = WatchProgress()
        for base in bases {
            let cookie = push == .syncrepl ? self.cookies[line.connection.server, base] : nil
            let request = SearchRequest(
                base: base.description,
                attributes: Self.attributesOfChanged,
                // Of deletions Active Directory tells those who ask for deleted entries and may read them.
                controls: [push.request(cookie: cookie)] + (push == .notification ? [.showDeleted] : [])
            )
            progress.begin(try line.connection.send(request), below: base, isResumed: cookie != nil)
        }
        return progress
    }

    private static func probe(_ line: borrowing Line) throws(ConnectionFailure) -> Int32 {
        try line.connection.send(SearchRequest(base: "", scope: .base, attributes: []))
    }

    // Says what was pushed, and notes how far the search is.
    private func take(_ said: Pushed, of number: Int32, _ progress: inout WatchProgress, _ feed: ChangeFeed) {
        switch said {
        case .entry(let id, let name, let kind, let wasThere):
            if progress.isNews(number), !wasThere { self.tell(id, name, kind, feed) }
        case .entries(let ids, let areDeleted):
            if progress.isNews(number), areDeleted { for id in ids { self.tell(id, nil, .unknown, feed) } }
        case .stays: progress.toldWhatStays(number)
        case .refreshed(let toldDeletions):
            if !toldDeletions { progress.toldWhatStays(number) }
            progress.refreshed(number)
        case .ended, .other: break
        }
    }

    private func next(
        _ push: Push,
        on line: borrowing Line
    ) throws(ConnectionFailure) -> (number: Int32, Pushed, cookie: [UInt8]?)? {
        let time = self.configuration.limits.silence / 3
        guard let response = try line.connection.response(to: Int32(LDAP_RES_ANY), isWhole: false, within: time) else {
            return nil
        }
        let number = unsafe ldap_msgid(response.message)
        switch response.kind {
        case stile_ldap_message_entry:
            let entry = try unsafe line.connection.entry(response.message)
            let kind = EntryKind(classes: entry.texts("objectclass"))
            guard push == .syncrepl else {
                return (number, .entry(entry.uuid, entry.name, kind, wasThere: false), nil)
            }
            guard case (.entry(let id, let wasThere), let cookie)? = SyncMessage.state(in: entry.controls) else {
                return (number, .other, nil)
            }
            let known = self.known(id, on: line)
            return (number, .entry(entry.uuid ?? known, entry.name, kind, wasThere: wasThere), cookie)
        case stile_ldap_message_intermediate:
            guard let (oid, value) = line.connection.notice(in: response),
                let (message, cookie) = SyncMessage.notice(oid, value)
            else { return (number, .other, nil) }
            switch message {
            case .refreshed(let toldDeletions): return (number, .refreshed(toldDeletions: toldDeletions), cookie)
            case .entries(let ids, let areDeleted):
                return (number, .entries(ids.map { self.known($0, on: line) }, areDeleted: areDeleted), cookie)
            case .stays: return (number, .stays, cookie)
            case .entry, .nothing: return (number, .other, cookie)
            }
        case stile_ldap_message_done: return (number, .ended(try line.connection.answer(in: response)), nil)
        default: return (number, .other, nil)
        }
    }

    // 389 Directory Server speaks of `nsUniqueId` where it says no more than an identity, and people are known by `entryUUID`.
    private func known(_ id: StableID, on line: borrowing Line) -> StableID? {
        line.facts.flavour == .dirsrv389 ? nil : id
    }

    // The codes by which a server says that it will not push this way, as opposed to not now.
    private static func isRefusal(_ code: Int32) -> Bool {
        code != ResultCode.success && code != ResultCode.refreshRequired && !ResultCode.blamesServer(code)
    }
}
