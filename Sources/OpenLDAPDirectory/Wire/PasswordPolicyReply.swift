/// What a server says about a password together with the answer to a bind.
///
/// Source: draft-behera-ldap-password-policy-10, section 6.2.
package struct PasswordPolicyReply: Hashable {
    /// Why a bind failed, or what it is allowed for.
    enum Problem: Int, Hashable {
        case passwordExpired = 0
        case accountLocked = 1
        case changeAfterReset = 2
        case passwordModNotAllowed = 3
        case mustSupplyOldPassword = 4
        case insufficientPasswordQuality = 5
        case passwordTooShort = 6
        case passwordTooYoung = 7
        case passwordInHistory = 8
        case passwordTooLong = 9
    }

    /// What is wrong, if anything.
    var problem: Problem?

    /// How often an expired password still works.
    package var graceLogins: Int?

    /// Seconds until the password expires.
    package var secondsToExpiry: Int?

    /// Reads the control of an answer; `nil` if there is none or it cannot be read.
    package init?(in controls: [Control]) {
        let own = controls.first { $0.oid == Control.passwordPolicy.oid }
        guard let value = own?.value else { return nil }
        var outer = BERReader(value)
        guard var inner = outer.inside(tag: BERWriter.sequence) else { return nil }
        if var warning = inner.inside(tag: 0xA0) {
            self.secondsToExpiry = warning.integer(tag: 0x80)
            self.graceLogins = warning.integer(tag: 0x81)
        }
        self.problem = inner.integer(tag: 0x81).flatMap(Problem.init(rawValue:))
    }
}
