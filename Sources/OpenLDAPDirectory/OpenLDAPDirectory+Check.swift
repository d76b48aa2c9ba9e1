package import Directory

extension OpenLDAPDirectory {
    /// Looks at every server, the way a question would meet it: for `stile check`.
    package func check() async -> [DirectoryFinding] {
        var findings: [DirectoryFinding] = []
        if let domain = self.configuration.domain, self.servers.all.isEmpty {
            findings.append(
                DirectoryFinding(
                    .failure,
                    domain,
                    "DNS names no directory server in this domain",
                    remedy: "check the SRV records `_ldap._tcp.\(domain)`, or name the servers in `stile.yaml`"
                )
            )
        }
        for server in self.servers.all {
            switch await self.workforce.ask({ worker, deadline in .success(worker.check(server, by: deadline)) }) {
            case .success(let seen): findings += seen
            case .failure(let failure):
                findings.append(DirectoryFinding(.failure, server.description, failure.description))
            }
        }
        return findings
    }

    /// What the gateway sees of somebody, step by step and without a password: for `stile directory test`.
    ///
    /// - Parameter name: As it would be typed at a sign-in.
    /// - Returns: The steps up to the first that fails.
    package func trace(named name: String) async -> DirectoryTrace {
        var steps: [DirectoryFinding] = []
        guard let login = LoginName(name) else {
            let remedy =
                "expected 1 to \(LoginName.maximumLength) characters without blanks at the ends or control characters"
            steps.append(DirectoryFinding(.failure, "name", "`\(name)` cannot be a login name", remedy: remedy))
            return DirectoryTrace(steps: steps, person: nil)
        }
        guard let filter = self.configuration.people.filter(for: login) else {
            let remedy = "add the domain or the attributes for this form of name under `people` in `stile.yaml`"
            steps.append(
                DirectoryFinding(.failure, "name", "names like `\(login.text)` are not in use", remedy: remedy)
            )
            return DirectoryTrace(steps: steps, person: nil)
        }
        steps.append(DirectoryFinding(.fine, "name", "`\(login.text)` is looked for by `\(filter)`"))
        for server in self.servers.health().servers where server.state != .up {
            steps.append(
                DirectoryFinding(.warning, server.address, "is not asked at the moment (\(server.state.rawValue))")
            )
        }
        switch await self.workforce.ask({ worker, deadline in worker.person(named: login, by: deadline) }) {
        case .failure(let failure), .success(.failed(let failure)):
            steps.append(DirectoryFinding(.failure, "directory", failure.description, remedy: "run `stile check`"))
            return DirectoryTrace(steps: steps, person: nil)
        case .success(.refused(let refusal)):
            steps.append(
                DirectoryFinding(.failure, "entry", Self.sentence(for: refusal), remedy: Self.remedy(for: refusal))
            )
            return DirectoryTrace(steps: steps, person: nil)
        case .success(.found(let finding)):
            steps += Self.steps(through: finding)
            return DirectoryTrace(steps: steps, person: finding.person)
        }
    }

    private static func steps(through finding: Worker.Finding) -> [DirectoryFinding] {
        let person = finding.person
        var steps = [DirectoryFinding(.fine, "entry", "`\(person.dn)`, known for good as \(person.id)")]
        let account: DirectoryFinding =
            person.account.allowsSignIn
            ? DirectoryFinding(.fine, "account", "may be used (\(person.account))")
            : DirectoryFinding(
                .failure,
                "account",
                "may not be used: \(person.account)",
                remedy: "change it in the directory"
            )
        steps.append(account)
        let names = Dictionary(person.groups.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        for membership in finding.memberships.sorted(by: { $0.group.name < $1.group.name }) {
            let way = membership.through.map { " through `\(names[$0] ?? $0.value)`" } ?? ""
            let place = membership.group.dn?.description ?? "in another domain"
            steps.append(
                DirectoryFinding(.fine, "group", "`\(membership.group.name)`\(way), \(place), \(membership.group.id)")
            )
        }
        if person.groups.isEmpty {
            let remedy = "check the bases and the method under `groups` in `stile.yaml`"
            steps.append(DirectoryFinding(.warning, "groups", "is in no group", remedy: remedy))
        }
        for (name, values) in person.attributes.sorted(by: { $0.key < $1.key }) {
            steps.append(
                DirectoryFinding(.fine, "attribute", "\(name) = \(values.map { "`\($0)`" }.joined(separator: ", "))")
            )
        }
        return steps
    }

    private static func sentence(for refusal: AuthenticationRefusal) -> String {
        switch refusal {
        case .unknownUser: "no entry has this name"
        case .ambiguousUser: "more than one entry has this name"
        case .unidentifiable: "the entry has no readable identity that survives a rename, or no login name"
        default: "refused: \(refusal)"
        }
    }

    private static func remedy(for refusal: AuthenticationRefusal) -> String {
        switch refusal {
        case .unknownUser: "check the bases, the filter and the login attributes under `people` in `stile.yaml`"
        case .ambiguousUser: "make the name unique in the directory, or leave the attribute out of the login attributes"
        default: "let the service account read `entryUUID`, `nsUniqueId` or `objectGUID`, and the login attributes"
        }
    }
}
