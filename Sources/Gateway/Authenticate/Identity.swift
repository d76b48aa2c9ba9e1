import Directory

/// A person, and how they proved that they are it.
struct Identity: Hashable, Sendable {
    let person: Person
    let authentication: Authentication
}
