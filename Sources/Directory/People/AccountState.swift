/// Whether an account may be used, whatever its password.
///
/// The states are ordered by who can change them: a disabled account stays so until an administrator acts, a locked one until time
/// passes, an expired password until its owner acts. Where several hold, the first in the order of the cases is told.
package enum AccountState: Hashable, Sendable {
    /// Usable.
    case active

    /// Switched off by an administrator.
    case disabled

    /// The account's own end date has passed.
    case expired

    /// Too many wrong passwords; until this moment (seconds since 1970, UTC), or until an administrator acts when `nil`.
    case locked(until: Int64?)

    /// The password is too old, and no login is left to change it with.
    case passwordExpired

    /// An administrator set the password, and its owner has to choose a new one first.
    case passwordMustChange

    /// The directory forbids signing in at this time of the week, or from here.
    case notHereOrNow

    /// The password is too old, and the directory still lets its owner in this many times.
    case passwordInGrace(loginsLeft: Int)

    /// Whether a person in this state is let in with the right password.
    package var allowsSignIn: Bool {
        switch self {
        case .active, .passwordInGrace: true
        case .disabled, .expired, .locked, .passwordExpired, .passwordMustChange, .notHereOrNow: false
        }
    }

    /// Why a right password is not enough; `nil` if it is.
    package var refusal: AuthenticationRefusal? {
        switch self {
        case .active, .passwordInGrace: nil
        case .disabled: .disabled
        case .expired: .expired
        case .locked: .locked
        case .passwordExpired: .passwordExpired
        case .passwordMustChange: .passwordMustChange
        case .notHereOrNow: .notHereOrNow
        }
    }
}
