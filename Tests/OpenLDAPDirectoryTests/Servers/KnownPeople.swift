import Directory
import OpenLDAPDirectory
import Testing

extension OpenLDAPDirectory {
    /// What came instead of somebody who has to be there.
    struct Unexpected: Error, CustomStringConvertible {
        var description: String
    }

    /// Somebody who has to be there.
    func found(_ name: String) async throws -> Person {
        let outcome = await self.person(named: name)
        guard case .found(let person) = outcome else { throw Unexpected(description: "\(name): \(outcome)") }
        return person
    }

    /// Somebody who has to be let in.
    func signedIn(_ name: String, _ password: String) async throws -> Person {
        let outcome = await self.authenticate(name: name, password: Password(password))
        guard case .authenticated(let person) = outcome else { throw Unexpected(description: "\(name): \(outcome)") }
        return person
    }
}

extension OpenLDAPConfiguration {
    /// Signs in, and expects to be refused for this reason or, where there is none, to be this person.
    func expectSignIn(
        _ name: String,
        _ password: String,
        as person: String,
        orRefused refusal: AuthenticationRefusal?
    ) async throws {
        let directory = try OpenLDAPDirectory(self)
        defer { directory.stop() }
        switch await directory.authenticate(name: name, password: Password(password)) {
        case .authenticated(let known): #expect(refusal == nil && known.name == person)
        case .refused(let reason): #expect(reason == refusal)
        case .unavailable(let failure): Issue.record("\(failure)")
        }
    }

    /// Puts something between the gateway and the server that can count, cut and mute connections.
    mutating func passThrough() throws -> OddServer {
        let between = try OddServer(.forwarding(self.servers[0].port))
        self.servers = [ServerAddress(security: .fromTheStart, host: "127.0.0.1", port: between.port)]
        return between
    }
}
