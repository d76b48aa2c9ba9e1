package import Directory

extension OpenLDAPDirectory {
    /// What the gateway sees of somebody, step by step and without a password: for `stile directory test`.
    ///
    /// - Parameter name: As it would be typed at a sign-in.
    /// - Returns: Every server, then the steps up to the first that fails.
    package func trace(named name: String) async -> DirectoryTrace {
        var steps = await self.check()
        guard let login = LoginName(name) else {
            let remedy =
                "expected 1 to \(LoginName.maximumLength) characters without blanks at the ends or control characters"
            steps.append(DirectoryFinding(.failure, "name", "`\(name)` cannot be a login name", remedy: remedy))
            return DirectoryTrace(steps: steps, person: nil)
        }
        guard let filter = self.configuration.people.filter(for: login) else {
            steps.append(Self.unusedForm(login))
            return DirectoryTrace(steps: steps, person: nil)
        }
        steps.append(DirectoryFinding(.fine, "name", "`\(login.text)` is looked for by `\(filter)`"))
        switch await self.workforce.ask({ worker, deadline in worker.trace(login, by: deadline) }) {
        case .failure(let failure):
            steps.append(Self.finding(failure))
            return DirectoryTrace(steps: steps, person: nil)
        case .success(let trace): return DirectoryTrace(steps: steps + trace.steps, person: trace.person)
        }
    }

    /// Which of some groups are not there, or may not be seen: a rule about such a group gives nobody anything.
    ///
    /// - Parameter subjects: Whom rules are about; attributes are left out.
    /// - Returns: The indices of the missing ones; `nil` if the directory could not be asked.
    package func missing(among subjects: [ClearanceRule.Subject]) async -> Set<Int>? {
        await self.discovered()
        return try? await self.workforce.ask { worker, deadline in worker.missing(among: subjects, by: deadline) }
            .get()
    }

    private static func unusedForm(_ login: LoginName) -> DirectoryFinding {
        switch login {
        case .domain(let domain, _):
            DirectoryFinding(
                .failure,
                "name",
                "names like `\(login.text)` are not in use",
                remedy: "add `\(domain)` to the domains that may stand before a `\\`",
                at: .domains
            )
        case .address:
            DirectoryFinding(
                .failure,
                "name",
                "names like `\(login.text)` are not in use",
                remedy: "name the attributes that hold addresses",
                at: .addresses
            )
        case .plain:
            DirectoryFinding(
                .failure,
                "name",
                "names like `\(login.text)` are not in use",
                remedy: "name the attributes that hold login names",
                at: .loginNames
            )
        }
    }

    private static func finding(_ failure: DirectoryFailure) -> DirectoryFinding {
        guard case .groupsIncomplete(let reason) = failure else {
            return DirectoryFinding(.failure, "directory", failure.description, remedy: "see the servers above")
        }
        let setting: DirectorySetting =
            reason.contains("deeper") ? .groupsDepth : reason.contains("more than") ? .groupsMaximum : .groupsBase
        return DirectoryFinding(
            .failure,
            "groups",
            failure.description,
            remedy: "raise the limit, or let the service account read the group",
            at: setting
        )
    }
}
