import Directory
import Glibc

extension Worker {
    /// A person, and how they were found.
    struct Finding: Sendable {
        var entry: Entry
        var person: Person
        var memberships: [GroupReader.Membership]
    }

    /// What came of looking for a person.
    enum Sighting: Sendable {
        case found(Finding)
        case refused(AuthenticationRefusal)
        case failed(DirectoryFailure)
    }

    /// The one entry that a question finds.
    enum Hit: Sendable {
        case one(Entry)
        case refused(AuthenticationRefusal)
    }

    /// Whether a name and a password belong together: search as the gateway, bind as the person, read as the gateway.
    func authenticate(
        _ name: LoginName,
        _ password: Password,
        admitting admit: (PersonID) -> Bool,
        by deadline: ContinuousClock.Instant
    ) -> Result<AuthenticationOutcome, DirectoryFailure> {
        self.onSomeServer(by: deadline) { server throws(ConnectionFailure) in
            let entry: Entry
            switch try self.entry(of: name, on: server, by: deadline) {
            case .one(let hit): entry = hit
            case .refused(let refusal):
                try self.bindAsNobody(password, on: server, by: deadline)
                return .refused(refusal)
            }
            if let id = entry.uuid, !admit(PersonID(id)) { return .refused(.throttled) }
            let written = AccountStateReader(disabledWhen: self.configuration.people.disabledWhen, now: Self.now).state(
                of: entry
            )
            switch try self.verdict(entry, password, account: written, on: server, by: deadline) {
            case .refused(let refusal): return .refused(refusal)
            case .undecided(let code, let message): throw .notServing(code: code, message: message)
            case .right(let said):
                let account = Self.state(written: written, said: said)
                if let refusal = account.refusal { return .refused(refusal) }
                switch try self.finding(entry, account: account, on: server, by: deadline) {
                case .found(let finding): return .authenticated(finding.person)
                case .refused(let refusal): return .refused(refusal)
                case .failed(let failure): return .unavailable(failure)
                }
            }
        }
    }

    /// A person by login name.
    func person(
        named name: LoginName,
        by deadline: ContinuousClock.Instant
    ) -> Result<Sighting, DirectoryFailure> {
        self.onSomeServer(by: deadline) { server throws(ConnectionFailure) in
            switch try self.entry(of: name, on: server, by: deadline) {
            case .one(let entry):
                return try self.finding(entry, account: self.state(of: entry), on: server, by: deadline)
            case .refused(let refusal): return .refused(refusal)
            }
        }
    }

    /// A person by identity.
    func person(_ id: PersonID, by deadline: ContinuousClock.Instant) -> Result<Sighting, DirectoryFailure> {
        self.onSomeServer(by: deadline) { server throws(ConnectionFailure) in
            let flavour = try self.asService(on: server, by: deadline) { $0.facts.flavour }
            guard let filter = Self.filter(for: id.stable, flavour: flavour) else { return .refused(.unidentifiable) }
            let narrowed = self.configuration.people.narrowed(filter)
            switch try self.onlyEntry(narrowed, on: server, by: deadline) {
            case .one(let entry):
                return try self.finding(entry, account: self.state(of: entry), on: server, by: deadline)
            case .refused(let refusal): return .refused(refusal)
            }
        }
    }
}

// MARK: - The steps

extension Worker {
    /// The one entry that bears a login name.
    func entry(
        of name: LoginName,
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> Hit {
        guard let filter = self.configuration.people.filter(for: name) else { return .refused(.malformedName) }
        return try self.onlyEntry(filter, on: server, by: deadline)
    }

    /// Everything that matters about a person, put together from their entry and their groups.
    func finding(
        _ entry: Entry,
        account: AccountState,
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> Sighting {
        let people = self.configuration.people
        let named = people.name.map { [$0] } ?? people.plainNames
        guard let id = entry.uuid, let name = named.lazy.compactMap({ entry.text($0) }).first else {
            return .refused(.unidentifiable)
        }
        let facts = try self.asService(on: server, by: deadline) { $0.facts }
        let groups = GroupReader(configuration: self.configuration.groups, flavour: facts.flavour) {
            request throws(ConnectionFailure) in
            try self.entries(request, on: server, by: deadline)
        }
        let memberships: [GroupReader.Membership]
        do {
            memberships = try groups.memberships(of: entry, name: name)
        } catch {
            switch error {
            case .connection(let failure): throw failure
            case .incomplete(let reason): return .failed(.groupsIncomplete(reason))
            }
        }
        let person = Person(
            id: PersonID(id),
            name: name,
            displayName: people.displayNames.lazy.compactMap { entry.text($0) }.first ?? name,
            mail: entry.text("mail"),
            dn: entry.name,
            groups: memberships.map(\.group),
            attributes: Dictionary(uniqueKeysWithValues: people.attributes.map { ($0.text, entry.texts($0)) }),
            account: account,
            passwordChanged: Self.passwordChanged(entry, facts)
        )
        return .found(Finding(entry: entry, person: person, memberships: memberships))
    }

    /// What the entry says about the account.
    func state(of entry: Entry) -> AccountState {
        AccountStateReader(disabledWhen: self.configuration.people.disabledWhen, now: Self.now).state(of: entry)
    }

    private func onlyEntry(
        _ filter: SearchFilter,
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> Hit {
        var hits: [DistinguishedName: Entry] = [:]
        for base in self.configuration.people.bases {
            let request = SearchRequest(
                base: base.description,
                filter: filter,
                attributes: self.attributesOfPerson,
                sizeLimit: 2  // two are as many as too many
            )
            for entry in try self.entries(request, on: server, by: deadline) where entry.name.isWithin(base) {
                hits[entry.name] = entry
            }
        }
        guard let entry = hits.values.first else { return .refused(.unknownUser) }
        return hits.count == 1 ? .one(entry) : .refused(.ambiguousUser)
    }

    // slapo-ppolicy(5); 389 DS with `passwordTrackUpdateTime`; [MS-ADA3]; MIT Kerberos' schema.
    private static let passwordTimes: [AttributeName] = [
        "pwdchangedtime", "pwdupdatetime", "pwdlastset", "krblastpwdchange",
    ]
    private static let changeTime: AttributeName = "modifytimestamp"

    // Where a server has no time of the password, any change that somebody made to the entry counts as one; not on a server
    // that writes failed tries into the entry, where a guess would end the sessions of whom it names.
    private static func passwordChanged(_ entry: Entry, _ facts: ServerFacts) -> String? {
        self.passwordTimes.lazy.compactMap { entry.text($0) }.first
            ?? (facts.keepsPasswordState ? nil : entry.text(self.changeTime))
    }

    var attributesOfPerson: [AttributeName] {
        let people = self.configuration.people
        var names = Entry.identityAttributes + AccountStateReader.attributes + GroupReader.attributesOfPerson
        names += people.plainNames + people.displayNames + ["mail"] + [people.name].compactMap { $0 }
        names += Self.passwordTimes + [Self.changeTime]
        names += people.attributes.union(people.disabledWhen.map(\.attribute)).sorted { $0.text < $1.text }
        return names
    }

    private func verdict(
        _ entry: Entry,
        _ password: Password,
        account: AccountState,
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> BindVerdict {
        try self.forPeople(on: entry.origin ?? server, by: deadline) { line throws(ConnectionFailure) in
            let answer = try line.connection.bind(
                dn: entry.dn,
                password: password,
                by: self.operationDeadline(within: deadline)
            )
            let verdict = BindVerdict(answer, account: account)
            guard case .right = verdict, line.facts.saysWhoAmI else { return verdict }
            // A server, or something in front of it, that says yes to everybody is found out here.
            let identity = try line.connection.whoAmI(by: self.operationDeadline(within: deadline))
            guard let identity, identity.hasPrefix("dn:"),
                let dn = try? DistinguishedName(String(identity.dropFirst(3)))
            else { return identity == "" ? .refused(.boundAsAnother) : verdict }
            return dn == entry.name ? verdict : .refused(.boundAsAnother)
        }
    }

    // An unknown name costs the directory a bind too, to an entry that cannot exist, so that it is not told by being faster.
    private func bindAsNobody(
        _ password: Password,
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) {
        guard let base = self.configuration.people.bases.first else { return }
        let nobody = RelativeDistinguishedName(
            assertions: [.init(type: "cn", value: .text("nobody-\(UInt64.random(in: 0 ... .max))"))]
        )
        let dn = DistinguishedName(parts: [nobody] + base.parts)
        try self.forPeople(on: server, by: deadline) { line throws(ConnectionFailure) in
            _ = try line.connection.bind(
                dn: dn.description,
                password: password,
                by: self.operationDeadline(within: deadline)
            )
        }
    }

    // The server knows best whether a lock has run out; that somebody was switched off it may not have been asked to enforce.
    private static func state(written: AccountState, said: AccountState) -> AccountState {
        switch written {
        case .disabled, .expired, .passwordMustChange, .notHereOrNow: written
        // `shadowMax` no server enforces; where one lets an old password in for a while, it says so.
        case .passwordExpired: said == .active ? written : said
        case .active, .locked, .passwordInGrace: said
        }
    }

    static func filter(for id: StableID, flavour: DirectoryFlavour) -> SearchFilter? {
        if let sid = id.objectSid { return .equals("objectsid", AssertionValue(octets: sid)) }
        guard case .uuid(let text) = id, let guid = id.objectGUID else { return nil }
        switch flavour {
        case .activeDirectory: return .equals("objectguid", AssertionValue(octets: guid))
        case .automatic, .standard: return .equals("entryuuid", AssertionValue(text))
        case .dirsrv389:
            // `nsUniqueId` is written in four groups of eight digits, and older servers have nothing else.
            let digits = text.filter { $0 != "-" }
            let groups = stride(from: 0, to: 32, by: 8).map { String(digits.dropFirst($0).prefix(8)) }
            return .any([
                .equals("entryuuid", AssertionValue(text)),
                .equals("nsuniqueid", AssertionValue(groups.joined(separator: "-"))),
            ])
        }
    }

    static var now: Int64 { Int64(time(nil)) }

    /// Waits where it stands; the thread is this worker's own.
    static func rest(_ time: Duration) {
        usleep(UInt32(max(0, time / .microseconds(1))))
    }
}
