import Directory
import OpenLDAPDirectory
import Testing

/// Makes one change after the other in a directory, and holds what is told of each to its order.
///
/// A change is told after it was made, and whoever asks after that gets the new answer; the time in between is printed.
struct ChangeOrder {
    /// A change, and what must be true of it.
    struct Step {
        /// For people.
        var name: String
        /// What is done.
        var ldif: String
        /// Whether what is told may be it.
        var isToldBy: @Sendable (DirectoryChange, PersonID) -> Bool
        /// The login name of the person it is about.
        var user: String
        /// Whether the directory answers as it does after the change.
        var isInForce: @Sendable (OpenLDAPDirectory, PersonID) async -> Bool
    }

    var server: String
    var configuration: OpenLDAPConfiguration
    var method: WatchMethod
    /// Somebody else, who is changed between the steps: what is told after that is about the next one.
    var marker: String
    var change: (String) throws -> Void

    /// Runs the steps in their order.
    func run(_ steps: [Step]) async throws {
        let watched = try await WatchedDirectory(self.configuration, by: self.method)
        defer { watched.stop() }
        let directory = watched.directory
        #expect(directory.health().watch == .live(self.method))
        for (number, step) in steps.enumerated() {
            let person = try await directory.found(step.user)
            #expect(await !step.isInForce(directory, person.id), "\(step.name): in force before it was made")
            try self.change(
                "dn: \(self.marker)\nchangetype: modify\nreplace: description\ndescription: \(number)\n"
            )
            #expect(await watched.next { $0.isPerson && $0 != .person(person.id) } != nil)
            let begin = ContinuousClock.now
            try self.change(step.ldif)
            #expect(await watched.next { step.isToldBy($0, person.id) } != nil)
            let took = begin.duration(to: .now)
            #expect(await step.isInForce(directory, person.id), "\(step.name): not in force when it was told")
            print(
                "\(self.server): \(step.name) told by \(self.method.rawValue) within \(took), the tool that made it included"
            )
        }
    }
}

extension ChangeOrder.Step {
    /// An attribute that gives a clearance has another value.
    static func attribute(_ user: String, _ attribute: AttributeName, _ value: String, at dn: String) -> Self {
        Self(
            name: "changed clearance",
            ldif: "dn: \(dn)\nchangetype: modify\nreplace: \(attribute)\n\(attribute): \(value)\n",
            isToldBy: { change, id in change == .person(id) },
            user: user,
            isInForce: { directory, id in
                guard case .found(let person) = await directory.person(id) else { return false }
                return person.attributes[attribute.text] == [value]
            }
        )
    }

    /// A person is in a group no longer.
    static func groupRemoved(_ user: String, _ name: String, member: String, group: String) -> Self {
        Self(
            name: "removed group",
            ldif: "dn: \(group)\nchangetype: modify\ndelete: member\nmember: \(member)\n",
            isToldBy: { change, _ in change == .membership },
            user: user,
            isInForce: { directory, id in
                guard case .found(let person) = await directory.person(id) else { return false }
                return !person.groups.contains { $0.name == name }
            }
        )
    }

    /// The password is another one.
    static func password(_ user: String, from old: String, to new: String, _ ldif: String) -> Self {
        Self(
            name: "changed password",
            ldif: ldif,
            isToldBy: { change, id in change == .person(id) },
            user: user,
            isInForce: { directory, _ in
                switch await directory.authenticate(name: user, password: Password(new)) {
                case .authenticated:
                    await directory.authenticate(name: user, password: Password(old)) == .refused(.wrongPassword)
                case .refused, .unavailable: false
                }
            }
        )
    }

    /// The account is switched off.
    static func accountDisabled(_ user: String, _ ldif: String) -> Self {
        Self(
            name: "disabled account",
            ldif: ldif,
            isToldBy: { change, id in change == .person(id) },
            user: user,
            isInForce: { directory, id in
                guard case .found(let person) = await directory.person(id) else { return false }
                return person.account == .disabled
            }
        )
    }

    /// The entry is moved to where nobody is looked for.
    static func movedAway(_ user: String, at dn: String, to place: String) -> Self {
        Self(
            name: "account moved away",
            ldif:
                "dn: \(dn)\nchangetype: modrdn\nnewrdn: \(dn.prefix { $0 != "," })\ndeleteoldrdn: 1\nnewsuperior: \(place)\n",
            isToldBy: { change, id in change == .person(id) || change == .everything },
            user: user,
            isInForce: { directory, id in await directory.person(id) == .refused(.unknownUser) }
        )
    }

    /// The entry is gone.
    static func deleted(_ user: String, at dn: String) -> Self {
        Self(
            name: "deleted account",
            ldif: "dn: \(dn)\nchangetype: delete\n",
            isToldBy: { change, id in change == .person(id) || change == .everything },
            user: user,
            isInForce: { directory, id in await directory.person(id) == .refused(.unknownUser) }
        )
    }
}
