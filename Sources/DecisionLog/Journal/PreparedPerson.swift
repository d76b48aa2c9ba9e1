/// What is the same in every record of one person: who they are, encoded once, and the key that it is encrypted under.
package final class PreparedPerson: Sendable {
    /// The beginning of the person part, behind the cipher's zeros.
    let beginning: [UInt8]
    let key: PersonKey
    /// What the index is handed.
    let who: Shared<RecordedPerson>
    /// Where the person's groups and attributes are written, for ``ReplayFacts/person``.
    package let facts: FactsReference?

    init(_ who: RecordedPerson, key: PersonKey, facts: FactsReference?) {
        var short = who
        short.id = who.id.map(PreparedDecision.short)
        short.name = who.name.map(PreparedDecision.short)
        short.clearance = who.clearance.map(PreparedDecision.short)
        self.beginning = PersonCipher.zeros + RecordEncoding.beginning(of: short)
        self.key = key
        self.who = Shared(short)
        self.facts = facts
    }
}

/// The peer of a connection, encoded once for all its requests.
package final class PreparedOrigin: Sendable {
    /// The field with its comma before it.
    let field: [UInt8]
    /// The address as written.
    let peer: String

    /// - Parameter peer: The address, without port.
    package init(peer: String) {
        var field: [UInt8] = []
        JSONText.appendRaw(",\"peer\":", to: &field)
        JSONText.append(PreparedDecision.short(peer), to: &field)
        self.field = field
        self.peer = PreparedDecision.short(peer)
    }
}
