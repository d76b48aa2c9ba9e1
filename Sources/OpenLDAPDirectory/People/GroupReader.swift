import Directory

/// Finds out which groups somebody is in, nested ones included.
///
/// All or nothing: what cannot be read whole is a failure, since a group that is missed may be the one that sets a limit.
struct GroupReader {
    /// A group, and the group by which it was reached.
    struct Membership: Hashable, Sendable {
        var group: Group
        /// `nil` if the person is in it directly, or the server did not say how.
        var through: StableID?
    }

    /// Asks the directory as the gateway.
    typealias Search = (SearchRequest) throws(ConnectionFailure) -> [Entry]

    /// What went wrong about groups, besides the connection.
    enum Problem: Error, Hashable {
        case connection(ConnectionFailure)
        case incomplete(String)
    }

    let configuration: GroupSearch
    let flavour: DirectoryFlavour
    let search: Search

    /// What has to be read of a person besides ``Entry/identityAttributes``.
    static let attributesOfPerson: [AttributeName] = ["memberof", "primarygroupid"]

    private static let attributesOfGroup: [AttributeName] = Entry.identityAttributes + ["cn"]

    /// The groups of a person, in no particular order.
    ///
    /// - Parameters:
    ///   - person: The entry, with ``attributesOfPerson``.
    ///   - name: The login name, for groups that list `memberUid`.
    /// - Returns: Each group once, with the group by which it was reached.
    /// - Throws: ``Problem`` if not all of them could be read.
    func memberships(of person: Entry, name: String) throws(Problem) -> [Membership] {
        switch self.method {
        case .automatic, .members: return try self.climbByMembers(from: person, name)
        case .memberOf: return try self.climbByMemberOf(from: person)
        case .tokenGroups: return try self.byToken(of: person)
        case .inChain: return try self.byChain(of: person)
        }
    }

    private var method: GroupSearch.Method {
        guard self.configuration.method == .automatic else { return self.configuration.method }
        return self.flavour == .activeDirectory ? .tokenGroups : .members
    }
}

// MARK: - Step by step

extension GroupReader {
    // Breadth first, one question for each level. INVARIANT: a group is expanded once, so a circle of groups ends.
    private func climbByMembers(from person: Entry, _ name: String) throws(Problem) -> [Membership] {
        var found: [DistinguishedName: Membership] = [:]
        var level = [person]
        var depth = 0
        while !level.isEmpty {
            guard depth <= self.configuration.depth else {
                throw .incomplete("groups are nested deeper than \(self.configuration.depth) levels")
            }
            var next: [Entry] = []
            for entry in try self.groups(naming: level, uid: depth == 0 ? name : nil) where found[entry.name] == nil {
                let through = depth == 0 ? nil : self.parent(of: entry, among: level)
                found[entry.name] = Membership(group: try Self.group(entry), through: through)
                next.append(entry)
            }
            try self.checkCount(found.count)
            level = next
            depth += 1
        }
        return Array(found.values)
    }

    private func groups(naming members: [Entry], uid: String?) throws(Problem) -> [Entry] {
        var entries: [Entry] = []
        // Long filters are cut, because servers limit them.
        for chunk in members.chunks(of: 50) {
            var alternatives: [SearchFilter] = []
            for attribute in self.configuration.memberAttributes {
                if attribute == "memberuid" {
                    if let uid { alternatives.append(.equals(attribute, AssertionValue(uid))) }
                } else {
                    alternatives += chunk.map { .equals(attribute, AssertionValue($0.dn)) }
                }
            }
            // The members say by which group one was reached; a person's own groups may have thousands of them for nothing.
            let attributes = uid == nil ? self.configuration.memberAttributes : []
            entries += try self.groups(.any(alternatives), attributes: attributes)
        }
        return entries
    }

    private func parent(of group: Entry, among level: [Entry]) -> StableID? {
        let members = Set(
            self.configuration.memberAttributes.flatMap { group.texts($0) }.compactMap { try? DistinguishedName($0) }
        )
        return level.first { members.contains($0.name) }.flatMap { $0.sid ?? $0.uuid }
    }

    private func climbByMemberOf(from person: Entry) throws(Problem) -> [Membership] {
        var found: [DistinguishedName: Membership] = [:]
        var level: [(entry: Entry, id: StableID?)] = [(person, nil)]
        var depth = 0
        while !level.isEmpty {
            guard depth <= self.configuration.depth else {
                throw .incomplete("groups are nested deeper than \(self.configuration.depth) levels")
            }
            var next: [(entry: Entry, id: StableID?)] = []
            for (entry, id) in level {
                for text in entry.texts("memberof") {
                    guard let name = try? DistinguishedName(text), found[name] == nil, self.isAmongGroups(name) else {
                        continue
                    }
                    // A group that vanished between two questions, or that only the server may see, is no membership.
                    guard let group = try self.read(text, ["memberof"]) else { continue }
                    let membership = Membership(group: try Self.group(group), through: id)
                    found[name] = membership
                    next.append((group, membership.group.id))
                }
            }
            try self.checkCount(found.count)
            level = next
            depth += 1
        }
        return Array(found.values)
    }

    private func isAmongGroups(_ name: DistinguishedName) -> Bool {
        self.configuration.bases.contains { name.isWithin($0) }
    }
}

// MARK: - The ways of Active Directory

extension GroupReader {
    private func byToken(of person: Entry) throws(Problem) -> [Membership] {
        guard let token = try self.read(person.dn, ["tokengroups"]) else {
            throw .incomplete("the entry has gone while it was read")
        }
        let ids = (token.values["tokengroups"] ?? []).compactMap { StableID(objectSid: $0) }
        // Everybody has a primary group, so an empty token is one that may not be read.
        guard !ids.isEmpty else { return try self.byChain(of: person) }
        try self.checkCount(ids.count)
        return try self.named(ids).map { Membership(group: $0, through: nil) }
    }

    private func byChain(of person: Entry) throws(Problem) -> [Membership] {
        var entries = try self.chain(above: person.dn)
        // The rule does not follow the primary group, which is no value of `member` anywhere.
        if let primary = Self.primaryGroup(of: person), let sid = primary.objectSid {
            for group in try self.groups(.equals("objectsid", AssertionValue(octets: sid)), attributes: []) {
                entries.append(group)
                entries += try self.chain(above: group.dn)
            }
        }
        var memberships: [StableID: Membership] = [:]
        for entry in entries {
            let group = try Self.group(entry)
            memberships[group.id] = Membership(group: group, through: nil)
        }
        try self.checkCount(memberships.count)
        return Array(memberships.values)
    }

    private func chain(above dn: String) throws(Problem) -> [Entry] {
        let rule: AttributeName = "1.2.840.113556.1.4.1941"
        let filter = SearchFilter.extensible("member", rule: rule, includesName: false, AssertionValue(dn))
        return try self.groups(filter, attributes: [])
    }

    // A SID whose group is in another domain, or outside the bases, keeps its place by the SID alone.
    private func named(_ ids: [StableID]) throws(Problem) -> [Group] {
        var groups: [StableID: Group] = [:]
        for chunk in ids.chunks(of: 50) {
            let filters = chunk.compactMap(\.objectSid).map {
                SearchFilter.equals("objectsid", AssertionValue(octets: $0))
            }
            for entry in try self.groups(.any(filters), attributes: []) {
                let group = try Self.group(entry)
                groups[group.id] = group
            }
        }
        return ids.map { groups[$0] ?? Group(id: $0, dn: nil, name: String($0.value.dropFirst(4))) }
    }

    /// The SID of the primary group: the domain's SID with another last part.
    ///
    /// Source: [MS-ADA3] 2.120 (primaryGroupID).
    static func primaryGroup(of person: Entry) -> StableID? {
        guard case .sid(let text)? = person.sid, let last = text.lastIndex(of: "-"),
            let relative = person.integer("primarygroupid"), relative >= 0
        else { return nil }
        return StableID(sid: "\(text[..<last])-\(relative)")
    }
}

// MARK: - Asking

extension GroupReader {
    private func groups(_ filter: SearchFilter, attributes: [AttributeName]) throws(Problem) -> [Entry] {
        var entries: [Entry] = []
        for base in self.configuration.bases {
            entries += try self.ask(
                SearchRequest(
                    base: base.description,
                    filter: self.configuration.narrowed(filter),
                    attributes: Self.attributesOfGroup + attributes
                )
            )
        }
        return entries
    }

    private func read(_ dn: String, _ attributes: [AttributeName]) throws(Problem) -> Entry? {
        try self.ask(SearchRequest(base: dn, scope: .base, attributes: Self.attributesOfGroup + attributes)).first
    }

    private func ask(_ request: SearchRequest) throws(Problem) -> [Entry] {
        do { return try self.search(request) } catch { throw .connection(error) }
    }

    private func checkCount(_ count: Int) throws(Problem) {
        guard count <= self.configuration.maximum else {
            throw .incomplete("more than \(self.configuration.maximum) groups")
        }
    }

    private static func group(_ entry: Entry) throws(Problem) -> Group {
        guard let id = entry.sid ?? entry.uuid else {
            throw .incomplete("`\(entry.dn)` has neither entryUUID nor objectSid that the service account can read")
        }
        return Group(id: id, dn: entry.name, name: entry.text("cn") ?? entry.dn)
    }
}

extension Array {
    /// The elements in pieces of at most this many.
    fileprivate func chunks(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: self.count, by: size).map { self[$0..<Swift.min($0 + size, self.count)] }
    }
}
