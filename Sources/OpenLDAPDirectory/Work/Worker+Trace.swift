import Directory

extension Worker {
    /// Goes the way of a sign-in without a password, and says what is seen at each step.
    func trace(_ name: LoginName, by deadline: ContinuousClock.Instant) -> Result<DirectoryTrace, DirectoryFailure> {
        let outcome: Result<Result<DirectoryTrace, DirectoryFailure>, DirectoryFailure> =
            self.onSomeServer(by: deadline) { server throws(ConnectionFailure) in
                let entry: Entry
                switch try self.entry(of: name, on: server, by: deadline) {
                case .refused(let refusal):
                    let steps = try self.diagnosis(of: refusal, name, on: server, by: deadline)
                    return .success(DirectoryTrace(steps: steps, person: nil))
                case .one(let hit): entry = hit
                }
                switch try self.finding(entry, account: self.state(of: entry), on: server, by: deadline) {
                case .failed(let failure): return .failure(failure)
                case .refused:
                    return .success(DirectoryTrace(steps: [Self.unidentifiable(entry)], person: nil))
                case .found(let finding):
                    let steps = try self.steps(through: finding, on: server, by: deadline)
                    return .success(DirectoryTrace(steps: steps, person: finding.person))
                }
            }
        return outcome.flatMap { $0 }
    }

    /// Which of some groups are not there, or may not be seen.
    func missing(
        among subjects: [ClearanceRule.Subject],
        by deadline: ContinuousClock.Instant
    ) -> Result<Set<Int>, DirectoryFailure> {
        self.onSomeServer(by: deadline) { server throws(ConnectionFailure) in
            let flavour = try self.asService(on: server, by: deadline) { $0.facts.flavour }
            var missing: Set<Int> = []
            for (at, subject) in subjects.enumerated() {
                let isThere: Bool
                switch subject {
                case .attribute: continue
                case .groupNamed(let dn):
                    let request = SearchRequest(base: dn.description, scope: .base, attributes: [])
                    isThere = try !self.entries(request, on: server, by: deadline).isEmpty
                case .group(let id):
                    guard let filter = Self.filter(for: id, flavour: flavour) else { continue }
                    let bases = self.configuration.groups.bases
                    isThere = try !self.names(filter, below: bases, on: server, by: deadline).isEmpty
                }
                if !isThere { missing.insert(at) }
            }
            return missing
        }
    }
}

// MARK: - Somebody who was found

extension Worker {
    private func steps(
        through finding: Finding,
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> [DirectoryFinding] {
        let person = finding.person
        let place = finding.entry.origin ?? server
        var steps = [DirectoryFinding(.fine, "entry", "`\(person.dn)` on \(place), known for good as \(person.id)")]
        steps.append(self.accountStep(finding))
        steps += try self.groupSteps(finding, on: server, by: deadline)
        for (name, values) in person.attributes.sorted(by: { $0.key < $1.key }) {
            let text = values.isEmpty ? "none" : values.map { "`\($0)`" }.joined(separator: ", ")
            steps.append(DirectoryFinding(.fine, "attribute", "\(name): \(text)"))
        }
        return steps
    }

    private func accountStep(_ finding: Finding) -> DirectoryFinding {
        let account = finding.person.account
        // The attributes that say something about the account, so that nobody has to guess where a state comes from.
        let seen = AccountStateReader.attributes.compactMap { name in
            finding.entry.text(name).map { "\(name)=\($0)" }
        }
        let mark = self.configuration.people.disabledWhen.first { mark in
            finding.entry.texts(mark.attribute).contains { $0.lowercased() == mark.value.lowercased() }
        }
        let evidence = (seen + [mark].compactMap { $0.map { "\($0.attribute)=\($0.value)" } }).joined(separator: ", ")
        let source = evidence.isEmpty ? "" : " (\(evidence))"
        guard !account.allowsSignIn else {
            return DirectoryFinding(.fine, "account", "\(account.sentence)\(source)")
        }
        return DirectoryFinding(
            .failure,
            "account",
            "\(account.sentence)\(source)",
            remedy: mark == nil
                ? "change it in the directory" : "change it in the directory, or what marks an account as off",
            at: mark == nil ? nil : .disabledWhen
        )
    }

    private func groupSteps(
        _ finding: Finding,
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> [DirectoryFinding] {
        guard !finding.memberships.isEmpty else {
            return [
                DirectoryFinding(
                    .warning,
                    "groups",
                    "is in no group below the bases for groups",
                    remedy: "check the bases and how membership is found",
                    at: .groupsBase
                )
            ]
        }
        let ways = try self.ways(to: finding, on: server, by: deadline)
        let primary = GroupReader.primaryGroup(of: finding.entry)
        return finding.memberships.sorted { $0.group.name < $1.group.name }.map { membership in
            let group = membership.group
            let way: String
            if let path = ways[group.id] {
                way =
                    path.count == 1
                    ? "directly" : "through " + path.dropLast().map { "`\($0)`" }.joined(separator: ", then ")
            } else if group.id == primary {
                way = "as the primary group"
            } else {
                way = "as the server says, which does not say how"
            }
            let place = group.dn.map { "`\($0)`" } ?? "outside the bases for groups"
            return DirectoryFinding(.fine, "group", "`\(group.name)` \(way); \(place), \(group.id)")
        }
    }

    /// The names on the way to each group, from the one that the person is in directly to the group itself.
    private func ways(
        to finding: Finding,
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> [StableID: [String]] {
        var memberships = finding.memberships
        // A token or a chain names groups without saying how they were reached: the links of the entries do.
        if memberships.allSatisfy({ $0.through == nil }), memberships.count > 1 {
            let flavour = try self.asService(on: server, by: deadline) { $0.facts.flavour }
            var configuration = self.configuration.groups
            configuration.method = .memberOf
            let reader = GroupReader(configuration: configuration, flavour: flavour) {
                request throws(ConnectionFailure) in
                try self.entries(request, on: server, by: deadline)
            }
            do {
                memberships = try reader.memberships(of: finding.entry, name: finding.person.name)
            } catch {
                if case .connection(let failure) = error { throw failure }
            }
        }
        let byID = Dictionary(memberships.map { ($0.group.id, $0) }, uniquingKeysWith: { first, _ in first })
        return byID.mapValues { membership in
            var path = [membership.group.name]
            var next = membership.through
            // A circle of groups is cut where it would begin anew.
            while let id = next, let step = byID[id], path.count <= byID.count {
                path.insert(step.group.name, at: 0)
                next = step.through
            }
            return path
        }
    }
}

// MARK: - Somebody who was not found

extension Worker {
    private func diagnosis(
        of refusal: AuthenticationRefusal,
        _ name: LoginName,
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> [DirectoryFinding] {
        let people = self.configuration.people
        guard let filter = people.filter(for: name) else { return [] }
        if refusal == .ambiguousUser {
            let hits = try self.names(filter, below: people.bases, on: server, by: deadline)
            return [
                DirectoryFinding(
                    .failure,
                    "entry",
                    "more than one entry has this name: \(Self.list(hits))",
                    remedy: "make the name unique in the directory, or leave out the attribute that both have it in",
                    at: name.isAddress ? .addresses : .loginNames
                )
            ]
        }
        // Where would a less narrow question find somebody? The answer says which line is too narrow.
        var wide = people
        wide.filter = nil
        if people.filter != nil, let question = wide.filter(for: name) {
            let hits = try self.names(question, below: people.bases, on: server, by: deadline)
            if !hits.isEmpty {
                return [
                    Self.notFound("\(Self.list(hits)) has this name, but does not match the filter", .peopleFilter)
                ]
            }
            wide.filter = people.filter
        }
        let roots = try self.asService(on: server, by: deadline) { $0.facts.namingContexts }
        let elsewhere = try self.names(filter, below: roots, on: server, by: deadline)
        if !elsewhere.isEmpty {
            return [Self.notFound("\(Self.list(elsewhere)) has this name, but is outside the bases", .peopleBase)]
        }
        let others: [AttributeName] = ["uid", "samaccountname", "userprincipalname", "mail", "cn", "displayname"]
        for attribute in others where !(people.plainNames + people.addresses).contains(attribute) || !name.isAddress {
            let question = people.narrowed(.equals(attribute, AssertionValue(name.typed)))
            let hits = try self.names(question, below: people.bases, on: server, by: deadline)
            if !hits.isEmpty {
                return [
                    Self.notFound(
                        "\(Self.list(hits)) has it as `\(attribute)`, which is not among the attributes for such names",
                        name.isAddress ? .addresses : .loginNames
                    )
                ]
            }
        }
        return [
            DirectoryFinding(
                .failure,
                "entry",
                "no entry that the service account may read has this name",
                remedy: "check the spelling, and what the service account may read"
            )
        ]
    }

    private func names(
        _ filter: SearchFilter,
        below bases: [DistinguishedName],
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> [String] {
        var names: [String] = []
        for base in bases where names.count < 5 {
            let request = SearchRequest(base: base.description, filter: filter, attributes: [], sizeLimit: 5)
            // A tree that may not be read is a tree without a hint.
            do throws(ConnectionFailure) {
                names += try self.entries(request, on: server, by: deadline).map { $0.name.description }
            } catch .notServing {
                continue
            }
        }
        return names
    }

    private static func list(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }

    private static func notFound(_ message: String, _ setting: DirectorySetting) -> DirectoryFinding {
        DirectoryFinding(.failure, "entry", message, remedy: "widen it", at: setting)
    }

    private static func unidentifiable(_ entry: Entry) -> DirectoryFinding {
        DirectoryFinding(
            .failure,
            "entry",
            "`\(entry.name)` has no readable identity that survives a rename, or no login name",
            remedy: "let the service account read `entryUUID`, `nsUniqueId` or `objectGUID`, and the login attributes"
        )
    }
}

extension LoginName {
    /// Whether it was typed as an address.
    fileprivate var isAddress: Bool { if case .address = self { true } else { false } }

    /// What is compared with attributes.
    fileprivate var typed: String {
        switch self {
        case .plain(let text), .address(let text), .domain(_, let text): text
        }
    }
}

extension AccountState {
    /// For an operator.
    fileprivate var sentence: String {
        switch self {
        case .active: "may be used"
        case .disabled: "may not be used: switched off"
        case .expired: "may not be used: its end date has passed"
        case .locked(nil): "may not be used: locked after wrong passwords"
        case .locked(let until?): "may not be used: locked until \(DirectoryTime.generalized(until))"
        case .passwordExpired: "may not be used: the password is too old"
        case .passwordMustChange: "may not be used: a new password has to be chosen first"
        case .notHereOrNow: "may not be used at this time of the week"
        case .passwordInGrace(let left): "may be used, the password is too old and works \(left) more times"
        }
    }
}
