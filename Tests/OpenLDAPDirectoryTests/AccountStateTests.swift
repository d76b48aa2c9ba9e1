import Directory
import Testing

@testable import OpenLDAPDirectory

@Suite("Account states, in the words of each server")
struct AccountStateTests {
    /// 23 November 2026, 18:45 UTC, a Monday.
    static let now: Int64 = 1_795_459_500

    @Test(
        "An entry's attributes say whether the account may be used",
        arguments: [
            ([:], .active),
            // OpenLDAP, slapo-ppolicy
            (["pwdaccountlockedtime": "000001010000Z"], .disabled),
            (["pwdaccountlockedtime": "20261123184400Z"], .locked(until: nil)),
            (["pwdaccountlockedtime": "20261123184600Z"], .locked(until: now + 60)),
            (["pwdaccountlockedtime": "soon"], .locked(until: nil)),
            (["pwdreset": "TRUE"], .passwordMustChange),
            (["pwdreset": "FALSE"], .active),
            (["pwdendtime": "20261123184500Z"], .expired),
            (["pwdendtime": "20261123184501Z"], .active),
            (["pwdstarttime": "20261123184501Z"], .notHereOrNow),
            // shadow
            (["shadowexpire": "-1"], .active),
            (["shadowexpire": "0"], .expired),
            (["shadowexpire": "20780"], .expired),  // today
            (["shadowexpire": "20781"], .active),
            (["shadowlastchange": "0"], .passwordMustChange),
            (["shadowlastchange": "20700", "shadowmax": "79"], .passwordExpired),
            (["shadowlastchange": "20700", "shadowmax": "80"], .active),
            (["shadowlastchange": "20700", "shadowmax": "79", "shadowinactive": "1"], .active),
            (["shadowlastchange": "1", "shadowmax": "99999"], .active),
            // 389 Directory Server
            (["nsaccountlock": "true"], .disabled),
            (["nsaccountlock": "TRUE"], .disabled),
            (["nsaccountlock": "false"], .active),
            (["passwordexpirationtime": "19700101000000Z"], .passwordMustChange),
            (["passwordexpirationtime": "20261123184400Z"], .passwordExpired),
            (["passwordexpirationtime": "20380119031407Z"], .active),
            (["accountunlocktime": "20261123184600Z"], .locked(until: now + 60)),
            (["accountunlocktime": "20261123184400Z"], .active),
            // Active Directory
            (["useraccountcontrol": "512"], .active),
            (["useraccountcontrol": "514"], .disabled),
            (["useraccountcontrol": "66050"], .disabled),
            (["useraccountcontrol": "512", "accountexpires": "0"], .active),
            (["useraccountcontrol": "512", "accountexpires": "9223372036854775807"], .active),
            (["useraccountcontrol": "512", "accountexpires": "134399331000000000"], .expired),
            (["useraccountcontrol": "512", "accountexpires": "134399331010000000"], .active),
            (["useraccountcontrol": "512", "pwdlastset": "0"], .passwordMustChange),
            (["useraccountcontrol": "66048", "pwdlastset": "0"], .active),
            (["lockouttime": "134399331000000000"], .locked(until: nil)),
            (["lockouttime": "0"], .active),
            (["lockouttime": "134399331000000000", "msds-user-account-control-computed": "0"], .active),
            (["msds-user-account-control-computed": "16"], .locked(until: nil)),
            (["msds-user-account-control-computed": "8388608"], .passwordExpired),
            // The company's own mark
            (["employeetype": "LEFT"], .disabled),
            (["employeetype": "leftover"], .active),
            // The first of several
            (["useraccountcontrol": "514", "pwdlastset": "0", "accountexpires": "1"], .disabled),
        ] as [([String: String], AccountState)]
    )
    func states(attributes: [String: String], expected: AccountState) throws {
        let reader = AccountStateReader(
            disabledWhen: [AttributeMark(attribute: "employeetype", value: "left")],
            now: Self.now
        )
        #expect(reader.state(of: try .sample(attributes)) == expected)
    }

    @Test("Logon hours are bits of the week in UTC", arguments: [(42, true), (41, false), (43, false)])
    func logonHours(bit: Int, isActive: Bool) throws {
        var hours = [UInt8](repeating: 0, count: 21)
        hours[bit / 8] |= 1 << UInt8(bit % 8)
        var entry = try Entry.sample([:])
        entry.values["logonhours"] = [hours]
        // Monday 18:00 is the hour 24 + 18 of a week that begins on Sunday.
        let state = AccountStateReader(disabledWhen: [], now: Self.now).state(of: entry)
        #expect(state == (isActive ? .active : .notHereOrNow))
    }

    @Test(
        "A generalized time is read to the second",
        arguments: [
            ("19700101000000Z", 0), ("20261123184500Z", now), ("202611231845Z", now), ("20261123184500.999Z", now),
            ("2026112318Z", now - 2_700), ("20261123194500+0100", now), ("20261123134500-05", now),
            ("20240229120000Z", 1_709_208_000), ("000001010000Z", -62_167_219_200), ("20261123184500", nil),
            ("20261323184500Z", nil), ("", nil), ("Z", nil), ("2026112318450Z", nil), ("20261123184500Zx", nil),
        ] as [(String, Int64?)]
    )
    func generalizedTime(text: String, seconds: Int64?) {
        #expect(DirectoryTime.generalized(text) == seconds)
    }

    @Test("A moment is written as it is read", arguments: [0, now, 951_782_400, 4_102_444_799])
    func writtenTime(moment: Int64) {
        #expect(DirectoryTime.generalized(DirectoryTime.generalized(moment)) == moment)
    }
}

extension Entry {
    /// An entry with text values.
    static func sample(_ attributes: [String: String], dn: String = "uid=x,dc=plant,dc=example") throws -> Entry {
        Entry(dn: dn, name: try DistinguishedName(dn), values: attributes.mapValues { [Array($0.utf8)] })
    }
}
