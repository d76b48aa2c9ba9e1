import Directory

/// What a server's answer to a person's bind means.
enum BindVerdict: Hashable {
    /// The password is right; the state says what the server adds to that, ``AccountState/active`` if nothing.
    case right(AccountState)

    /// The password is wrong, or the server will not have the person.
    case refused(AuthenticationRefusal)

    /// The server did not decide.
    case undecided(code: Int32, message: String)

    /// Reads an answer.
    ///
    /// - Parameters:
    ///   - answer: To a simple bind with the password policy control.
    ///   - account: What the entry says about the account: tells a disabled account from a locked one where the server does not.
    init(_ answer: Answer, account: AccountState) {
        let policy = PasswordPolicyReply(in: answer.controls)
        switch answer.code {
        case ResultCode.success: self = Self.rightPassword(policy)
        case ResultCode.invalidCredentials: self = .refused(Self.invalidCredentials(answer, policy, account))
        // 389 Directory Server: too many tries.
        case ResultCode.constraintViolation: self = .refused(.locked)
        // 389 Directory Server: "Account inactivated".
        case ResultCode.unwillingToPerform: self = account == .disabled ? .refused(.disabled) : Self.undecided(answer)
        // No such entry any more, or an entry without a password.
        case ResultCode.noSuchObject, ResultCode.inappropriateAuthentication: self = .refused(.wrongPassword)
        default: self = Self.undecided(answer)
        }
    }

    private static func undecided(_ answer: Answer) -> BindVerdict {
        .undecided(code: answer.code, message: answer.description)
    }

    private static func rightPassword(_ policy: PasswordPolicyReply?) -> BindVerdict {
        switch policy?.problem {
        case .changeAfterReset: return .right(.passwordMustChange)
        case .passwordExpired: return .right(.passwordExpired)
        case .accountLocked: return .right(.locked(until: nil))
        default: return .right(policy?.graceLogins.map { .passwordInGrace(loginsLeft: $0) } ?? .active)
        }
    }

    private static func invalidCredentials(
        _ answer: Answer,
        _ policy: PasswordPolicyReply?,
        _ account: AccountState
    ) -> AuthenticationRefusal {
        switch policy?.problem {
        case .accountLocked: return account == .disabled ? .disabled : account == .expired ? .expired : .locked
        case .passwordExpired: return .passwordExpired
        case .changeAfterReset: return .passwordMustChange
        default: break
        }
        return Self.subcode(in: answer.message).flatMap { Self.subcodes[$0] } ?? .wrongPassword
    }

    /// What Active Directory adds in words: `80090308: LdapErr: DSID-0C090439, comment: …, data 52e, v4563`.
    ///
    /// Source: the Win32 error codes of [MS-ERREF] 2.2, of which the `data` is the hexadecimal number.
    private static let subcodes: [String: AuthenticationRefusal] = [
        "525": .unknownUser, "52e": .wrongPassword, "52f": .notHereOrNow, "530": .notHereOrNow, "531": .notHereOrNow,
        "532": .passwordExpired, "533": .disabled, "568": .notHereOrNow, "701": .expired, "773": .passwordMustChange,
        "775": .locked,
    ]

    private static func subcode(in message: String) -> String? {
        guard let mark = message.firstRange(of: "data ") else { return nil }
        return message[mark.upperBound...].prefix { $0.isHexDigit }.lowercased()
    }
}
