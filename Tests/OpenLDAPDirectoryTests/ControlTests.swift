import Directory
import Testing

@testable import OpenLDAPDirectory

@Suite("Values of controls")
struct ControlTests {
    static let uuid: [UInt8] = [
        0x53, 0x2F, 0xAA, 0x9A, 0x7B, 0xBC, 0x10, 0x41, 0x8D, 0xBA, 0x1D, 0xAC, 0x69, 0x22, 0x0A, 0x8E,
    ]
    static let id = StableID.uuid("532faa9a-7bbc-1041-8dba-1dac69220a8e")

    @Test("A page is asked for and its end is seen")
    func pages() {
        let asked = Control.page(size: 500, cookie: [1, 2])
        #expect(asked.value == [0x30, 0x08, 0x02, 0x02, 0x01, 0xF4, 0x04, 0x02, 1, 2])
        #expect(asked.pageCookie == [1, 2])
        #expect(Control.page(size: 0, cookie: []).pageCookie == [])
        #expect(Control(oid: Control.pageOID, value: [0x30, 0x03, 0x02]).pageCookie == nil)
    }

    @Test("A watch is asked for from the beginning, or from where it left off")
    func watchRequest() {
        #expect(SyncMessage.request(cookie: nil).value == [0x30, 0x03, 0x0A, 0x01, 0x03])
        #expect(SyncMessage.request(cookie: [7]).value == [0x30, 0x06, 0x0A, 0x01, 0x03, 0x04, 0x01, 7])
    }

    @Test("The other ways to be told are asked for")
    func otherWatchRequests() {
        let search = Push.persistentSearch.request(cookie: nil)
        #expect(search.value == [0x30, 0x09, 0x02, 0x01, 0x0F, 0x01, 0x01, 0xFF, 0x01, 0x01, 0xFF])
        #expect(search.isCritical)
        #expect(Push.notification.request(cookie: [7]) == Control(oid: "1.2.840.113556.1.4.528", isCritical: true))
    }

    @Test("A cookie that no server would send is not kept")
    func longCookie() throws {
        var cookies = SyncCookies()
        let (server, base) = (
            ServerAddress(security: .startTLS, host: "x"), try DistinguishedName("dc=plant,dc=example")
        )
        cookies[server, base] = [1, 2]
        #expect(cookies[server, base] == [1, 2])
        cookies[server, base] = [UInt8](repeating: 0, count: SyncCookies.maximumLength + 1)
        #expect(cookies[server, base] == nil)
    }

    @Test(
        "What a changed entry is, by its classes",
        arguments: [
            (["top", "inetOrgPerson"], .leaf), (["top", "groupOfNames"], .group), (["posixGroup"], .group),
            (["top", "group"], .group), (["organizationalUnit", "top"], .container),
            (["top", "container"], .container),
            ([], .unknown), (["top"], .leaf),
        ] as [([String], EntryKind)]
    )
    func kinds(classes: [String], kind: EntryKind) {
        #expect(EntryKind(classes: classes) == kind)
    }

    @Test("The state of an entry is read, and garbage is nothing")
    func entryState() throws {
        let oid = "1.3.6.1.4.1.4203.1.9.1.2"
        let value = [0x30, 0x15, 0x0A, 0x01, 0x02, 0x04, 0x10] + Self.uuid
        let state = try #require(SyncMessage.state(in: [Control(oid: oid, value: value)]))
        #expect(state.0 == .entry(Self.id, wasThere: false))
        #expect(SyncMessage.state(in: [Control(oid: oid, value: Array(value.dropLast()))]) == nil)
        #expect(SyncMessage.state(in: []) == nil)
    }

    @Test(
        "Notices between entries are read",
        arguments: [
            ([0x80, 0x01, 9], .nothing, [9]),
            ([0xA1, 0x00], .refreshed(toldDeletions: true), nil),
            ([0xA1, 0x03, 0x01, 0x01, 0x00], .nothing, nil),
            ([0xA2, 0x03, 0x01, 0x01, 0x00], .stays, nil),
            ([0xA2, 0x06, 0x04, 0x01, 9, 0x01, 0x01, 0xFF], .refreshed(toldDeletions: false), [9]),
            ([0xA3, 0x17, 0x01, 0x01, 0xFF, 0x31, 0x12, 0x04, 0x10] + uuid, .entries([id], areDeleted: true), nil),
            ([0xA3, 0x02, 0x31, 0x00], .entries([], areDeleted: false), nil),
            ([0xA3, 0x05, 0x31, 0x03, 0x04, 0x01, 0x00], nil, nil),
            ([0x30, 0x00], nil, nil),
            ([], nil, nil),
        ] as [([UInt8], SyncMessage?, [UInt8]?)]
    )
    func notices(value: [UInt8], message: SyncMessage?, cookie: [UInt8]?) {
        let read = SyncMessage.notice("1.3.6.1.4.1.4203.1.9.1.4", value)
        #expect(read?.0 == message)
        #expect(read?.cookie == cookie)
    }

    @Test(
        "Lengths that lie are refused",
        arguments: [
            [], [0x30], [0x30, 0x80], [0x30, 0x01], [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], [0x30, 0x85, 0, 0, 0, 0, 0],
            [0x1F, 0x00], [0x30, 0x82, 0x00],
        ] as [[UInt8]]
    )
    func lengths(octets: [UInt8]) {
        var reader = BERReader(octets)
        #expect(reader.element() == nil)
    }

    @Test(
        "Numbers are written in the fewest octets and read back",
        arguments: [0, 1, 127, 128, 255, 256, 500, -1, -128, -129, .max, .min]
    )
    func numbers(number: Int) {
        var reader = BERReader(BERWriter.number(BERWriter.integer, number))
        #expect(reader.integer(tag: BERWriter.integer) == number)
        #expect(reader.isAtEnd)
    }

    @Test("Whatever octets come, reading ends and stays within them")
    func anyOctets() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let octets = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = SyncMessage.notice("1.3.6.1.4.1.4203.1.9.1.4", octets)
            _ = SyncMessage.state(in: [Control(oid: "1.3.6.1.4.1.4203.1.9.1.2", value: octets)])
            _ = PasswordPolicyReply(in: [Control(oid: Control.passwordPolicy.oid, value: octets)])
            _ = Control(oid: Control.pageOID, value: octets).pageCookie
        }
    }
}
