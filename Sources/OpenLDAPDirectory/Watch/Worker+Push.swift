import COpenLDAP
import Directory

extension Worker {
    /// A search that never ends, and how far it is.
    private struct WatchingSearch {
        var base: DistinguishedName
        /// Whether the server was told where the last watch left off.
        var isResumed: Bool
        /// Whether everything up to now has been told.
        var isRefreshed = false
        /// Whether what was missed is known one by one, deletions included.
        var isExact = false
    }

    /// What a server says about a search that never ends.
    private enum Pushed {
        /// An entry: changed, or still there (`wasThere`).
        case entry(StableID?, DistinguishedName, EntryKind, wasThere: Bool)
        case entries([StableID?], areDeleted: Bool)
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
            var searches = try self.begin(push, on: line)
            // Where no refresh tells that the searches stand, answers to something asked afterwards do; two, since a server may take up
            // several questions of one connection at once.
            var probes = push.tellsWhenRefreshed ? 0 : 2
            var probe = probes > 0 ? try Self.probe(line) : nil
            var isLive = false
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
                    if probes == 0 { for number in searches.keys { searches[number]?.isRefreshed = true } }
                }
                if var search = searches[number] {
                    if case .ended(let answer) = said {
                        if answer.code == ResultCode.refreshRequired { self.cookies[server, search.base] = nil }
                        guard !isLive, Self.isRefusal(answer.code) else {
                            throw .lost("the server ended the watch: \(answer.description)")
                        }
                        return answer
                    }
                    self.take(said, of: &search, feed)
                    // Before the refresh is over a cookie stands for a part of it.
                    if search.isRefreshed, let cookie { self.cookies[server, search.base] = cookie }
                    searches[number] = search
                }
                guard !isLive, searches.values.allSatisfy(\.isRefreshed) else { continue }
                isLive = true
                // What happened while nobody watched is not known one by one, unless the server knew where the watch left off.
                if !searches.values.allSatisfy({ $0.isResumed && $0.isExact }) { feed.say(.everything) }
                feed.say(.live(push.method))
            }
            return nil
        }
    }

    private func begin(_ push: Push, on line: borrowing Line) throws(ConnectionFailure) -> [Int32: WatchingSearch] {
        var bases = self.watchedBases
        if push == .notification {
            // Active Directory takes a whole tree or a single level: the trees, and what is outside our bases is left out when it comes.
            let roots = line.facts.namingContexts
            bases = Set(
                bases.map { base in
                    roots.filter { base.isWithin($0) }.max { $0.parts.count < $1.parts.count } ?? base
                }
            ).sorted { $0.description < $1.description }
        }
        var searches: [Int32: WatchingSearch] = [:]
        for base in bases {
            let cookie = push == .syncrepl ? self.cookies[line.connection.server, base] : nil
            let request = SearchRequest(
                base: base.description,
                attributes: Self.attributesOfChanged,
                // Of deletions Active Directory tells those who ask for deleted entries.
                controls: [push.request(cookie: cookie)] + (push == .notification ? [.showDeleted] : [])
            )
            searches[try line.connection.send(request)] = WatchingSearch(base: base, isResumed: cookie != nil)
        }
        return searches
    }

    private static func probe(_ line: borrowing Line) throws(ConnectionFailure) -> Int32 {
        try line.connection.send(SearchRequest(base: "", scope: .base, attributes: []))
    }

    // Says what was pushed, and notes how far the search is.
    private func take(_ said: Pushed, of search: inout WatchingSearch, _ feed: ChangeFeed) {
        // Until a first refresh is over, these are entries as they stand and no changes; later ones tell what was missed.
        let isNews = search.isRefreshed || search.isResumed
        switch said {
        case .entry(let id, let name, let kind, let wasThere):
            if isNews, !wasThere { self.tell(id, name, kind, feed) }
        case .entries(let ids, let areDeleted):
            if isNews, areDeleted { for id in ids { self.tell(id, nil, .unknown, feed) } }
        case .refreshed(let toldDeletions):
            search.isRefreshed = true
            search.isExact = toldDeletions
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
