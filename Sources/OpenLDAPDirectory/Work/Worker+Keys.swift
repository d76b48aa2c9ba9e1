import Directory

extension Worker {
    /// The one person whom every one of these keys that is found at all belongs to.
    ///
    /// Two keys that lead to two entries lead to nobody: guessing which is meant would let in the wrong one.
    func person(
        matching keys: [PersonKey],
        by deadline: ContinuousClock.Instant
    ) -> Result<Sighting, DirectoryFailure> {
        self.onSomeServer(by: deadline) { server throws(ConnectionFailure) in
            var hits: [DistinguishedName: Entry] = [:]
            let attributes = keys.compactMap { key -> SearchFilter? in
                guard case .attribute(let name, let value) = key else { return nil }
                return .equals(name, value)
            }
            if !attributes.isEmpty {
                try self.collect(.any(attributes), into: &hits, on: server, by: deadline) { _ in true }
            }
            for key in keys {
                switch key {
                case .attribute: continue
                case .name(let name): try self.collect(at: name, into: &hits, on: server, by: deadline)
                case .certificate(let certificate):
                    try self.collect(certificate.filter, into: &hits, on: server, by: deadline) { entry in
                        // The server may have compared less than everything.
                        let values = ["usercertificate;binary", "usercertificate"].compactMap { entry.values[$0] }
                        return values.joined().contains(certificate.der)
                    }
                }
            }
            guard let entry = hits.values.first else { return .refused(.unknownUser) }
            guard hits.count == 1 else { return .refused(.ambiguousUser) }
            return try self.finding(entry, account: self.state(of: entry), on: server, by: deadline)
        }
    }

    private func collect(
        _ filter: SearchFilter,
        into hits: inout [DistinguishedName: Entry],
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant,
        where isMeant: (Entry) -> Bool
    ) throws(ConnectionFailure) {
        for base in self.configuration.people.bases {
            let request = SearchRequest(
                base: base.description,
                filter: self.configuration.people.narrowed(filter),
                attributes: self.attributesOfPerson + ["usercertificate;binary", "usercertificate"],
                sizeLimit: 2  // two are as many as too many
            )
            for entry in try self.entries(request, on: server, by: deadline)
            where entry.name.isWithin(base) && isMeant(entry) {
                hits[entry.name] = entry
            }
        }
    }

    private func collect(
        at name: DistinguishedName,
        into hits: inout [DistinguishedName: Entry],
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) {
        guard self.configuration.people.bases.contains(where: { name.isWithin($0) }) else { return }
        let request = SearchRequest(
            base: name.description,
            scope: .base,
            filter: self.configuration.people.narrowed(.present("objectclass")),
            attributes: self.attributesOfPerson
        )
        for entry in try self.entries(request, on: server, by: deadline) { hits[entry.name] = entry }
    }
}
