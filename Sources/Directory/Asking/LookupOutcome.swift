/// What came of looking a person up without a password.
package enum LookupOutcome: Sendable, Hashable {
    /// Exactly one entry; look at ``Person/account`` before trusting it.
    case found(Person)

    /// No usable entry: unknown, ambiguous, unidentifiable, or not a name at all.
    case refused(AuthenticationRefusal)

    /// The directory could not be asked.
    case unavailable(DirectoryFailure)

    /// Why the directory could not be asked; `nil` for an answer.
    package var failure: DirectoryFailure? {
        if case .unavailable(let failure) = self { failure } else { nil }
    }
}
