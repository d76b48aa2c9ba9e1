/// Why a name and a password were refused: for the log and for officers, never for the person at the door.
package enum AuthenticationRefusal: String, Hashable, Sendable, CaseIterable {
    /// The name cannot be a login name: empty, too long, control characters, or a form that is not configured.
    case malformedName = "malformed-name"

    /// The password was empty or blank, so it was never sent.
    case emptyPassword = "empty-password"

    /// The password held a NUL or was too long, so it was never sent.
    case malformedPassword = "malformed-password"

    /// No entry has this name.
    case unknownUser = "unknown-user"

    /// More than one entry has this name, and guessing which is meant would let in the wrong one.
    case ambiguousUser = "ambiguous-user"

    /// The entry has no identity that survives a rename, or more than one, so nothing could be recorded about it.
    case unidentifiable = "unidentifiable"

    /// The directory says that the password is not theirs.
    case wrongPassword = "wrong-password"

    /// The directory said yes, but to somebody else than the entry that was found.
    case boundAsAnother = "bound-as-another"

    /// An administrator has switched the account off.
    case disabled = "disabled"

    /// The account's end date has passed.
    case expired = "expired"

    /// Too many wrong passwords.
    case locked = "locked"

    /// The password is too old.
    case passwordExpired = "password-expired"

    /// A new password has to be chosen first.
    case passwordMustChange = "password-must-change"

    /// The directory forbids this time of the week, or this place.
    case notHereOrNow = "not-here-or-now"

    /// Too many wrong passwords came through the gateway lately, so this one was not tried.
    case throttled = "throttled"

    /// Whether this may have been somebody guessing, so that it counts towards the throttle.
    package var mayBeGuessing: Bool {
        switch self {
        case .unknownUser, .ambiguousUser, .wrongPassword, .locked, .boundAsAnother: true
        case .malformedName, .emptyPassword, .malformedPassword, .unidentifiable, .disabled, .expired, .passwordExpired,
            .passwordMustChange, .notHereOrNow, .throttled:
            false
        }
    }
}

extension AuthenticationRefusal: CustomStringConvertible {
    /// The code that stands in records, such as `wrong-password`.
    package var description: String { self.rawValue }
}
