import Directory
import Testing

@testable import OpenLDAPDirectory

@Suite("Groups as Active Directory tells them")
struct GroupReaderTests {
    /// A SID of the domain, by its last part.
    static func sid(_ relative: UInt8) -> [UInt8] {
        [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, relative, 0, 0, 0]
    }

    static func group(_ name: String, _ relative: UInt8) throws -> Entry {
        let dn = "CN=\(name),OU=Groups,DC=plant,DC=example"
        var entry = try Entry.sample(["cn": name], dn: dn)
        entry.values["objectsid"] = [self.sid(relative)]
        return entry
    }

    static func person() throws -> Entry {
        var entry = try Entry.sample(["primarygroupid": "13"], dn: "CN=anna,OU=People,DC=plant,DC=example")
        entry.values["objectsid"] = [self.sid(200)]
        return entry
    }

    private static func reader(
        _ method: GroupSearch.Method = .automatic,
        answers: @escaping (SearchRequest) throws -> [Entry]
    ) throws -> GroupReader {
        let groups = GroupSearch(bases: [try DistinguishedName("DC=plant,DC=example")], method: method)
        return GroupReader(configuration: groups, flavour: .activeDirectory) { request throws(ConnectionFailure) in
            do { return try answers(request) } catch { throw .malformed("\(error)") }
        }
    }

    @Test("The token names every group, and one that cannot be read keeps its SID")
    func token() throws {
        let reader = try Self.reader { request in
            if request.attributes.contains("tokengroups") {
                var entry = try Self.person()
                entry.values["tokengroups"] = [Self.sid(11), Self.sid(12), Self.sid(13)]
                return [entry]
            }
            #expect(request.filter.description.contains("objectsid="))
            return [try Self.group("engineers", 11), try Self.group("domain users", 13)]
        }
        let groups = try reader.memberships(of: Self.person(), name: "anna").map(\.group)
        #expect(groups.map(\.name) == ["engineers", "S-1-5-21-1-2-3-12", "domain users"])
        #expect(groups.map(\.id.value) == ["sid:S-1-5-21-1-2-3-11", "sid:S-1-5-21-1-2-3-12", "sid:S-1-5-21-1-2-3-13"])
        #expect(groups[1].dn == nil)
    }

    @Test("Without a token, the chain is asked, and the primary group and what is above it too")
    func chain() throws {
        let reader = try Self.reader { request in
            if request.attributes.contains("tokengroups") { return [try Self.person()] }
            let filter = request.filter.description
            if filter.contains("1941:=CN=anna") {
                return [try Self.group("engineers", 11), try Self.group("staff", 12)]
            }
            if filter.contains("1941:=CN=domain users") {
                return [try Self.group("users", 14), try Self.group("staff", 12)]
            }
            if filter.contains("objectsid=") { return [try Self.group("domain users", 13)] }
            return []
        }
        let names = try reader.memberships(of: Self.person(), name: "anna").map(\.group.name).sorted()
        #expect(names == ["domain users", "engineers", "staff", "users"])
    }

    @Test("The primary group is the domain's SID with another last part")
    func primaryGroup() throws {
        #expect(GroupReader.primaryGroup(of: try Self.person())?.value == "sid:S-1-5-21-1-2-3-13")
        #expect(GroupReader.primaryGroup(of: try .sample(["primarygroupid": "13"])) == nil)
    }

    @Test("A group without any identity makes all of them unreadable")
    func unidentifiable() throws {
        let reader = try Self.reader(.members) { _ in
            [try Entry.sample(["cn": "x"], dn: "CN=x,OU=Groups,DC=plant,DC=example")]
        }
        #expect(throws: GroupReader.Problem.self) { try reader.memberships(of: Self.person(), name: "anna") }
    }

    @Test(
        "An attribute that came in part is recognised",
        arguments: [("member;range=0-1499", 1_499), ("member;range=1500-*", nil)] as [(String, Int?)]
    )
    func ranges(key: String, end: Int?) throws {
        let entry = try Entry.sample([key: "x", "cn": "y"])
        #expect(entry.ranges == [Entry.Range(attribute: "member", end: end)])
    }

    @Test(
        "An attribute that came in part is read to its last part, or not at all",
        arguments: [
            // what the server answers for each further part; `nil` is no entry
            (["member;range=2-3", "member;range=4-*"], 6),
            ([nil], nil), (["member;range=2-3", nil], nil), (["member"], nil), (["cn"], nil),
            (["member;range=2-2147483647"], nil),
        ] as [([String?], Int?)]
    )
    func parts(answers: [String?], count: Int?) throws {
        func part(_ name: String) throws -> Entry {
            var entry = try Entry.sample([:])
            entry.values[name] = [[1], [2]]
            return entry
        }
        var rest = try answers.map { try $0.map(part) }[...]
        func read() throws(ConnectionFailure) -> [[UInt8]] {
            let first: Entry
            do { first = try part("member;range=0-1") } catch { throw .malformed("\(error)") }
            return try Worker.values(of: "member", from: first) { _ in
                let found = rest.popFirst() ?? nil
                return SearchAnswer(
                    entries: found.map { [$0] } ?? [],
                    references: [],
                    result: Answer(code: ResultCode.success, message: "")
                )
            }
        }
        if let count {
            #expect(try read().count == count)
        } else {
            #expect(throws: ConnectionFailure.self) { try read() }
        }
    }

    @Test("Members are read of the groups on the way only: a person's own may have thousands")
    func noMembers() throws {
        var asked: [[AttributeName]] = []
        let reader = try Self.reader(.members) { request in
            asked.append(request.attributes)
            return asked.count == 1 ? [try Self.group("engineers", 11)] : []
        }
        #expect(try reader.memberships(of: Self.person(), name: "anna").map(\.group.name) == ["engineers"])
        #expect(asked.map { $0.contains("member") } == [false, true])
    }
}
