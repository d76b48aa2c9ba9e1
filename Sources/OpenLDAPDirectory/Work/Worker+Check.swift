import Directory

extension Worker {
    /// Looks at one server the way a question would meet it.
    ///
    /// - Parameters:
    ///   - server: Which one, whatever its circuit says.
    ///   - deadline: For everything together.
    /// - Returns: What was seen; the first failure that leaves nothing more to look at is the last.
    func check(_ server: ServerAddress, by deadline: ContinuousClock.Instant) -> [DirectoryFinding] {
        self.hangUp()
        let subject = server.description
        do {
            var findings = try self.asService(on: server, by: deadline) { line throws(ConnectionFailure) in
                self.greeting(of: line, subject) + (try self.checkDeletions(on: line, subject, by: deadline))
            }
            for (what, bases) in [
                ("people", self.configuration.people.bases), ("groups", self.configuration.groups.bases),
            ] {
                for base in bases {
                    findings.append(try self.checkBase(base, of: what, on: server, by: deadline))
                }
            }
            findings += try self.checkSomebody(on: server, by: deadline)
            return findings
        } catch {
            self.hangUp()
            return [Self.finding(about: server, error)]
        }
    }

    private func greeting(of line: borrowing Line, _ subject: String) -> [DirectoryFinding] {
        let facts = line.facts
        var findings = [
            DirectoryFinding(
                .fine,
                subject,
                "\(facts.product), \(line.connection.protection), the service account is let in"
                    + (facts.pushes.first.map { ", changes are pushed by \($0.method.rawValue)" } ?? "")
            )
        ]
        if facts.pushes.isEmpty {
            findings.append(
                DirectoryFinding(
                    .warning,
                    subject,
                    "the server pushes no changes, so they are seen late, by polling",
                    remedy: "on an OpenLDAP server load the overlay `syncprov`"
                )
            )
        }
        return findings
    }

    // What is deleted moves to a container that an ordinary account may not look into.
    //
    // Source: [MS-ADTS] 6.1.1.4.2, and 6.1.1.4 for its GUID, by which it is found whatever its name.
    private func checkDeletions(
        on line: borrowing Line,
        _ subject: String,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> [DirectoryFinding] {
        guard line.facts.flavour == .activeDirectory else { return [] }
        var findings: [DirectoryFinding] = []
        for tree in self.watchedTrees(on: line) {
            var request = SearchRequest(
                base: "<WKGUID=18E2EA80684F11D2B9AA00C04F79F805,\(tree)>",
                scope: .base,
                attributes: ["isdeleted"]
            )
            request.controls = [.showDeleted]
            let answer = try line.connection.search(request, by: self.operationDeadline(within: deadline))
            guard answer.entries.first?.flag("isdeleted") != true else { continue }
            findings.append(
                DirectoryFinding(
                    .warning,
                    subject,
                    "the service account may not see what was deleted in `\(tree)`, so a deleted account counts for up to a minute",
                    remedy: "give it the rights LC and RP on `CN=Deleted Objects,\(tree)` (`dsacls … /takeown`, then "
                        + "`dsacls … /g DOMAIN\\account:LCRP`), or disable accounts before they are deleted"
                )
            )
        }
        return findings
    }

    private func checkBase(
        _ base: DistinguishedName,
        of what: String,
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> DirectoryFinding {
        let request = SearchRequest(base: base.description, scope: .base, attributes: [])
        guard try self.entries(request, on: server, by: deadline).isEmpty else {
            return DirectoryFinding(.fine, server.description, "`\(base)` is there for \(what)")
        }
        return DirectoryFinding(
            .failure,
            server.description,
            "`\(base)`, the base for \(what), is not there, or the service account may not see it",
            remedy: "correct the base, or let the service account read it",
            at: what == "people" ? .peopleBase : .groupsBase
        )
    }

    // One person stands for all: what can be read of them can be read of everybody, as a rule.
    private func checkSomebody(
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> [DirectoryFinding] {
        let people = self.configuration.people
        let filter = people.narrowed(.any(people.plainNames.map { .present($0) }))
        var somebody: Entry?
        for base in people.bases where somebody == nil {
            let attributes: [AttributeName] = Entry.identityAttributes + ["userpassword", "unicodepwd"]
            let request = SearchRequest(base: base.description, filter: filter, attributes: attributes, sizeLimit: 1)
            somebody = try self.entries(request, on: server, by: deadline).first
        }
        guard let somebody else {
            return [
                DirectoryFinding(
                    .failure,
                    server.description,
                    "nobody below the bases for people matches `\(filter)`",
                    remedy: "correct the bases, the filter or the login attributes",
                    at: people.filter == nil ? .peopleBase : .peopleFilter
                )
            ]
        }
        var findings: [DirectoryFinding] = []
        if somebody.uuid == nil {
            findings.append(
                DirectoryFinding(
                    .failure,
                    server.description,
                    "entries have no `entryUUID`, `nsUniqueId` or `objectGUID` that can be read, so nobody could be recorded",
                    remedy: "let the service account read these attributes"
                )
            )
        }
        if somebody.octets("userpassword") != nil || somebody.octets("unicodepwd") != nil {
            findings.append(
                DirectoryFinding(
                    .warning,
                    server.description,
                    "the service account can read stored passwords, and has no need to",
                    remedy: "give it less: only `auth` access to `userPassword`"
                )
            )
        }
        return findings
    }

    /// What a failed connection says to an operator.
    static func finding(about server: ServerAddress, _ failure: ConnectionFailure) -> DirectoryFinding {
        let (remedy, setting): (String, DirectorySetting?) =
            switch failure {
            case .unreachable: ("check the address, the port and the way there", .servers)
            case .tls:
                (
                    "check that `ca` names the authority that signed the server's certificate, and that the "
                        + "certificate bears the name under which the server is configured", .authorities
                )
            case .lost, .deadline:
                server.security == .startTLS
                    ? ("look at the server's own log, and whether this port speaks StartTLS or `ldaps://`", .servers)
                    : ("look at the server's own log", nil)
            case .malformed: ("check that an LDAP server listens there", .servers)
            case .serviceRefused:
                ("check the service account's name and its password file, certificate or keytab", .service)
            case .notServing: ("look at the server's own log, and at what the service account may do", nil)
            }
        return DirectoryFinding(.failure, server.description, failure.description, remedy: remedy, at: setting)
    }
}
