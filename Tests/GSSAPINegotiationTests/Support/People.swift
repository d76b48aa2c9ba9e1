import KerberosInitiator
import Programs

extension Initiator {
    /// A person of the realm with their ticket.
    convenience init(_ name: String, of realm: Realm, to service: String, _ manner: Manner = .negotiated) throws {
        try self.init(cache: realm.file("\(name).cc"), to: service, manner)
    }
}
