/// What came of asking the directory whether a name and a password belong together.
package enum AuthenticationOutcome: Sendable, Hashable {
    /// They do, and the account may be used.
    case authenticated(Person)

    /// They do not, or the account may not be used. The person at the door is told only that, never why.
    case refused(AuthenticationRefusal)

    /// Nobody knows: the directory could not be asked. Not an answer about the person, so it is not remembered.
    case unavailable(DirectoryFailure)

    /// Why nobody knows; `nil` for an answer.
    package var failure: DirectoryFailure? {
        if case .unavailable(let failure) = self { failure } else { nil }
    }
}
