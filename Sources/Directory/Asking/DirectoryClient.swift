/// The directory, as the rest of the house sees it.
///
/// Nothing here throws: a refusal is an answer, and so is a directory that is down. Implementations keep deadlines themselves,
/// never block the calling thread, and do not cache answers; who caches knows for how long it may.
package protocol DirectoryClient: Sendable {
    /// Whether `name` and `password` belong together, and to whom.
    ///
    /// Takes the same time whether the name exists or not, as far as the directory's own work allows.
    ///
    /// - Parameters:
    ///   - name: As typed, in any form that is configured.
    ///   - password: As typed. Blank ones are refused before anything is sent.
    ///   - admit: Asked when it is known whose name it is, and before their password is tried: whether it may be. Somebody has many
    ///     names, and the directory counts them as one; may be asked more than once for one attempt.
    /// - Returns: The person, or why not.
    func authenticate(
        name: String,
        password: Password,
        admitting admit: @escaping @Sendable (PersonID) -> Bool
    ) async -> AuthenticationOutcome

    /// The person with this login name, without proof that anybody is them: for explaining and for service tasks.
    func person(named name: String) async -> LookupOutcome

    /// The person with this identity as the directory knows them now: for checking again what was known before.
    func person(_ id: PersonID) async -> LookupOutcome

    /// The one person whom these keys belong to, vouched for by a certificate or a ticket.
    ///
    /// - Parameter keys: What is vouched for. Keys that no entry has say nothing; keys of two entries are refused as ambiguous.
    /// - Returns: The person, or why there is not exactly one. Look at ``Person/account`` before trusting it.
    func person(matching keys: [PersonKey]) async -> LookupOutcome

    /// How each server is, from what was last seen; asks nobody.
    func health() -> DirectoryHealth
}

extension DirectoryClient {
    /// Whether `name` and `password` belong together, and to whom, however often that was tried.
    package func authenticate(name: String, password: Password) async -> AuthenticationOutcome {
        await self.authenticate(name: name, password: password) { _ in true }
    }
}
