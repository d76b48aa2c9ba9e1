import Cedar
package import Directory
package import SecurityLabels

/// A person as one revision of the policies sees them: clearance and Cedar entity, made once and used for every decision until the
/// person or the policies change.
package final class PrincipalSnapshot: Sendable {
    /// The person.
    package let person: Person

    /// What the clearance rules made of the person.
    package let outcome: ClearanceOutcome

    /// The person as policies see them; the reason why not when the directory's values do not fit the schema.
    let entity: Result<Entity, ProjectionError>

    init(person: Person, outcome: ClearanceOutcome, entity: Result<Entity, ProjectionError>) {
        self.person = person
        self.outcome = outcome
        self.entity = entity
    }

    /// The clearance; `nil` when it could not be read.
    package var clearance: SecurityLabel? {
        guard case .clearance(let label) = self.outcome else { return nil }
        return label
    }
}
