package import Directory

extension OpenLDAPDirectory {
    /// Looks at every server, the way a question would meet it: for `stile check`.
    package func check() async -> [DirectoryFinding] {
        await self.discovered()
        var findings: [DirectoryFinding] = []
        if let domain = self.configuration.domain, self.servers.all.isEmpty {
            findings.append(
                DirectoryFinding(
                    .failure,
                    domain,
                    "DNS names no directory server in this domain",
                    remedy: "check the SRV records `_ldap._tcp.\(domain)`, or name the servers under `servers`",
                    at: .domain
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
}
