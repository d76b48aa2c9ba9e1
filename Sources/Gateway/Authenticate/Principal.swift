import DecisionLog
import Directory
import PolicyDecision

/// A person as requests are decided, recorded and forwarded for: everything that is the same from request to request.
///
/// One person has one for each way in which they proved who they are, so that nothing made for one way serves another.
///
/// Made off the event loops, because the first record of a person may have to wait for the disk. Immutable; a change in
/// the directory or in the policies makes another one.
final class Principal: Sendable {
    /// The person, as the directory knew them.
    let person: Person
    /// How they proved who they are.
    let authentication: Authentication
    /// The person as policies see them, with the clearance they had under ``policies``.
    let snapshot: PrincipalSnapshot
    /// The policies that the clearance was read under.
    let policies: PolicyInForce
    /// The person's part of every record.
    let prepared: PreparedPerson
    /// What upstreams are told about the person, as it goes on the wire.
    let identityFields: [UInt8]

    init(_ identity: Identity, snapshot: PrincipalSnapshot, policies: PolicyInForce, prepared: PreparedPerson) {
        self.person = identity.person
        self.authentication = identity.authentication
        self.snapshot = snapshot
        self.policies = policies
        self.prepared = prepared
        self.identityFields = Self.fields(identity.person)
    }

    /// Who it is, and how they proved it.
    var identity: Identity { Identity(person: self.person, authentication: self.authentication) }

    /// The identity headers.
    ///
    /// Values are written in ASCII, anything else percent-encoded, so that no name in the directory can end a line or be
    /// read in two ways by upstreams that differ about the encoding of headers.
    private static func fields(_ person: Person) -> [UInt8] {
        var fields: [UInt8] = []
        func write(_ name: String, _ value: String) {
            fields += Array(name.utf8)
            fields += [UInt8(ascii: ":"), UInt8(ascii: " ")]
            for octet in value.utf8 {
                if octet >= 0x20, octet < 0x7F, octet != UInt8(ascii: "%") {
                    fields.append(octet)
                } else {
                    let digits = Array("0123456789ABCDEF".utf8)
                    fields += [UInt8(ascii: "%"), digits[Int(octet >> 4)], digits[Int(octet & 15)]]
                }
            }
            fields += [0x0D, 0x0A]
        }
        write("x-stile-user", person.name)
        write("x-stile-user-id", person.id.value)
        write("x-stile-user-name", person.displayName)
        if let mail = person.mail { write("x-stile-user-mail", mail) }
        return fields
    }
}
