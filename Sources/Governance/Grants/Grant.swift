/// A time-limited exception: one person, one entry of the catalogue, up to a label that the entry's owner chose.
///
/// Never more than it says: raising the entry's label, or joining it with another entry, leaves the grant where it was.
package struct Grant: Hashable, Sendable, Identifiable {
    package var id: GrantID
    /// For whom.
    package var person: Signatory
    /// For which entry of the catalogue, by id.
    package var resource: String
    /// Up to which label, as it is marked, for example `confidential//customer-x`.
    package var label: String
    /// What for, in the giver's words.
    package var reason: String
    /// Who gave it.
    package var by: Signatory
    /// The id of the decision that let it be given.
    package var decision: String
    /// When it was given, in seconds since 1970, UTC.
    package var given: Int64
    /// When it ends, in seconds since 1970, UTC.
    package var expires: Int64

    package init(
        id: GrantID,
        person: Signatory,
        resource: String,
        label: String,
        reason: String,
        by: Signatory,
        decision: String,
        given: Int64,
        expires: Int64
    ) {
        self.id = id
        self.person = person
        self.resource = resource
        self.label = label
        self.reason = reason
        self.by = by
        self.decision = decision
        self.given = given
        self.expires = expires
    }

    var payload: [UInt8] {
        PayloadLines.join([
            self.id.description, self.person.id, self.person.name, self.resource, self.label, self.reason, self.by.id,
            self.by.name, self.decision, String(self.given), String(self.expires),
        ])
    }

    init?(payload: [UInt8]) {
        guard let parts = PayloadLines.split(payload, into: 11), let id = GrantID(parts[0]),
            let given = Int64(parts[9]), let expires = Int64(parts[10]), !parts[1].isEmpty, !parts[3].isEmpty
        else { return nil }
        self.init(
            id: id,
            person: Signatory(id: parts[1], name: parts[2]),
            resource: parts[3],
            label: parts[4],
            reason: parts[5],
            by: Signatory(id: parts[6], name: parts[7]),
            decision: parts[8],
            given: given,
            expires: expires
        )
    }
}

/// How a grant is called by people and in records: `G-` and 16 hex digits.
package struct GrantID: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// A fresh one, from the system's source of randomness.
    package init() {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        self.description = "G-" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Reads one; `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        let isHex = text.utf8.dropFirst(2).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard text.utf8.count == 18, text.hasPrefix("G-"), isHex else { return nil }
        self.description = String(text)
    }
}
