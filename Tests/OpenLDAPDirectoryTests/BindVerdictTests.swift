import Directory
import Testing

@testable import OpenLDAPDirectory

@Suite("What a server's answer to a bind means")
struct BindVerdictTests {
    @Test(
        "Result code, words and account together give one reason",
        arguments: [
            (0, "", .active, .right(.active)),
            (49, "", .active, .refused(.wrongPassword)),
            (48, "", .active, .refused(.wrongPassword)),
            (32, "", .active, .refused(.wrongPassword)),
            // 389 Directory Server
            (19, "Exceed password retry limit. Please try later.", .active, .refused(.locked)),
            (53, "Account inactivated. Contact system administrator.", .disabled, .refused(.disabled)),
            (53, "unwilling", .active, .undecided(code: 53, message: "Server is unwilling to perform (unwilling)")),
            // Active Directory
            (
                49, "80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 52e, v4563", .active,
                .refused(.wrongPassword)
            ),
            (49, "80090308: LdapErr: DSID-0C090439, comment: x, data 525, v4563", .active, .refused(.unknownUser)),
            (49, "80090308: LdapErr: DSID-0C090439, comment: x, data 530, v4563", .active, .refused(.notHereOrNow)),
            (49, "80090308: LdapErr: DSID-0C090439, comment: x, data 531, v4563", .active, .refused(.notHereOrNow)),
            (49, "80090308: LdapErr: DSID-0C090439, comment: x, data 532, v4563", .active, .refused(.passwordExpired)),
            (49, "80090308: LdapErr: DSID-0C090439, comment: x, data 533, v4563", .active, .refused(.disabled)),
            (49, "80090308: LdapErr: DSID-0C090439, comment: x, data 701, v4563", .active, .refused(.expired)),
            (
                49, "80090308: LdapErr: DSID-0C090439, comment: x, data 773, v4563", .active,
                .refused(.passwordMustChange)
            ),
            (49, "80090308: LdapErr: DSID-0C090439, comment: x, data 775, v4563", .active, .refused(.locked)),
            (49, "80090308: LdapErr: DSID-0C090439, comment: x, data fff, v4563", .active, .refused(.wrongPassword)),
            // Nobody decided
            (51, "", .active, .undecided(code: 51, message: "Server is busy")),
            (10, "", .active, .undecided(code: 10, message: "Referral")),
            (8, "", .active, .undecided(code: 8, message: "Strong(er) authentication required")),
        ] as [(Int32, String, AccountState, BindVerdict)]
    )
    func verdicts(code: Int32, message: String, account: AccountState, expected: BindVerdict) {
        #expect(BindVerdict(Answer(code: code, message: message), account: account) == expected)
    }

    @Test(
        "The password policy control adds what the code leaves out",
        arguments: [
            (0, [0x30, 0x00], .active, .right(.active)),
            (0, [0x30, 0x03, 0x81, 0x01, 0x02], .active, .right(.passwordMustChange)),
            (0, [0x30, 0x05, 0xA0, 0x03, 0x81, 0x01, 0x02], .active, .right(.passwordInGrace(loginsLeft: 2))),
            (0, [0x30, 0x05, 0xA0, 0x03, 0x80, 0x01, 0x3C], .active, .right(.active)),
            (49, [0x30, 0x03, 0x81, 0x01, 0x00], .active, .refused(.passwordExpired)),
            (49, [0x30, 0x03, 0x81, 0x01, 0x01], .active, .refused(.locked)),
            (49, [0x30, 0x03, 0x81, 0x01, 0x01], .disabled, .refused(.disabled)),
            (49, [0x30, 0x03, 0x81, 0x01], .active, .refused(.wrongPassword)),  // cut off
            (49, [0xFF], .active, .refused(.wrongPassword)),
            (49, [], .active, .refused(.wrongPassword)),
        ] as [(Int32, [UInt8], AccountState, BindVerdict)]
    )
    func policyControl(code: Int32, value: [UInt8], account: AccountState, expected: BindVerdict) {
        let control = Control(oid: Control.passwordPolicy.oid, value: value)
        #expect(BindVerdict(Answer(code: code, message: "", controls: [control]), account: account) == expected)
    }
}
