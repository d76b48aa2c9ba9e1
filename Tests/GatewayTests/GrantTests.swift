import Catalog
import DecisionLog
import Foundation
import Governance
import PolicyDecision
import SecurityLabels
import Testing

@testable import Gateway

@Suite("Grants at the door")
struct GrantTests {
    static func grant(
        _ person: String,
        for resource: String = "secret",
        label: String = "secret",
        seconds: Int64 = 3_600
    ) -> Grant {
        let now = Timestamp.now().seconds
        return Grant(
            id: GrantID(),
            person: Signatory(id: FakeDirectory.uuid(person), name: person),
            resource: resource,
            label: label,
            reason: "why",
            by: Signatory(id: "uuid:owner", name: "owner"),
            decision: "01K",
            given: now,
            expires: now + seconds
        )
    }

    static func open(_ body: (TestHouse) async throws -> Void) async throws {
        try await TestHouse.open { house in
            house.gateway.replacePolicies(try TestHouse.policies("r2", grants: true))
            await house.gateway.awaitLoops()
            try await body(house)
        }
    }

    static func status(_ house: TestHouse, _ name: String, _ path: String = "/things/secret") async throws -> Int {
        try await house.client().ask("GET \(path)", TestHouse.authorization(name)).status
    }

    @Test(
        "A grant opens what it was given for, for whom it was given, and the record names it; taken back it opens nothing"
    )
    func opens() async throws {
        try await Self.open { house in
            let before = try await Self.status(house, "anna")
            #expect(before == 403)
            let grant = Self.grant("anna")
            await house.gateway.replaceGrants(GrantsInForce([grant], areStopped: false))
            let asked: [(name: String, path: String, status: Int)] = [
                ("anna", "/things/secret", 200), ("anna", "/things/secret", 200), ("rita", "/things/secret", 403),
                ("anna", "/things/top", 403), ("anna", "/things/open", 200),
            ]
            for one in asked {
                let status = try await Self.status(house, one.name, one.path)
                #expect(status == one.status, "\(one.name) \(one.path)")
            }
            await house.gateway.replaceGrants(GrantsInForce.none)
            let after = try await Self.status(house, "anna")
            #expect(after == 403)
            let id = grant.id.description
            let named = try house.records().map { $0.verdict.grant ?? "-" }
            #expect(named == ["-", id, id, "-", "-", "-", "-"])
        }
    }

    @Test("A lower label, one that the scheme does not know, and an end that has passed open nothing")
    func bounds() async throws {
        try await Self.open { house in
            for grant in [
                Self.grant("anna", label: "internal"), Self.grant("anna", label: "cosmic"),
                Self.grant("anna", seconds: 0), Self.grant("anna", seconds: -1),
            ] {
                await house.gateway.replaceGrants(GrantsInForce([grant], areStopped: false))
                let status = try await Self.status(house, "anna")
                #expect(status == 403, "\(grant.label)")
            }
        }
    }

    @Test("While grants are stopped whoever has one is told so, and everybody else gets what they always get")
    func stopped() async throws {
        try await Self.open { house in
            let grants = [Self.grant("anna"), Self.grant("anna", for: "open", label: "internal")]
            await house.gateway.replaceGrants(GrantsInForce(grants, areStopped: true))
            let client = try await house.client()
            let answer = try await client.ask("GET /things/secret", TestHouse.authorization("anna"))
            #expect(answer.status == 503)
            #expect(answer.text.contains("your grant does not count now"))
            #expect(try house.records().map(\.verdict.refusal) == ["grants-stopped"])
            #expect(try await Self.status(house, "rita") == 403)
            #expect(try await Self.status(house, "anna", "/things/open") == 200, "which needs no grant")
            await house.gateway.replaceGrants(GrantsInForce(grants, areStopped: false))
            #expect(try await Self.status(house, "anna") == 200)
        }
    }

    @Test("A download that rests on a grant is cut when it is taken back; others go on", arguments: [true, false])
    func underWay(isWithdrawn: Bool) async throws {
        try await Self.open { house in
            await house.gateway.replaceGrants(GrantsInForce([Self.grant("anna")], areStopped: false))
            let client = try await house.client()
            try await client.send(
                "GET /things/secret/drip HTTP/1.1\r\nHost: 127.0.0.1\r\n\(TestHouse.authorization("anna"))\r\n"
            )
            try await client.received("begun")
            let left = isWithdrawn ? [Self.grant("rita")] : [Self.grant("rita"), Self.grant("anna")]
            await house.gateway.replaceGrants(GrantsInForce(left, areStopped: false))
            if isWithdrawn {
                #expect(String(decoding: await client.rest(), as: UTF8.self).hasSuffix("begun"), "nothing more came")
            } else {
                house.upstream.pour()
                #expect(try await client.answer().body.count == 64)
            }
            #expect(await house.gateway.counters().exchangesCut == (isWithdrawn ? 1 : 0))
        }
    }

    @Test("A thing of several entries needs a grant for each, and they cover their labels joined")
    func joined() throws {
        let scheme = try Scheme(
            levels: ["public", "internal", "secret"],
            categories: ["x": CategoryDefinition(title: "X")]
        )
        let position = SourcePosition(file: "catalog.yaml", line: 1, column: 1)
        let labels = [("a", "secret"), ("b", "internal//x"), ("c", "secret"), ("d", "secret//x")]
        let catalog = try Catalog(
            entries: labels.map { id, label in
                CatalogEntry(
                    id: id,
                    kind: .dataset,
                    title: id,
                    label: LabelAssignment(label: try scheme.label(marking: label)),
                    position: position
                )
            },
            scheme: scheme
        )
        let first = Self.grant("anna", for: "a", label: "secret")
        let second = Self.grant("anna", for: "b", label: "internal//x")
        let ended = Self.grant("anna", for: "c", label: "secret", seconds: -5)
        let grants = GrantsInForce([first, second, ended], areStopped: false)
        let now = Timestamp.now().seconds
        let anna = FakeDirectory.uuid("anna")
        #expect(grants.covering(anna, ["a", "b"], in: catalog, at: now)?.label.marking == "secret//x")
        for (person, entries) in [(anna, ["a", "z"]), (anna, ["a", "c"]), (anna, []), ("uuid:rita", ["a"])] {
            #expect(grants.covering(person, entries, in: catalog, at: now) == nil, "\(entries)")
        }
        // Who keeps back a part of their entry's label keeps it back, whatever the other owner gave.
        for (given, both) in [("internal", "internal"), ("secret", "secret"), ("secret//x", "secret//x")] {
            let fourth = Self.grant("anna", for: "d", label: given)
            let grants = GrantsInForce([first, second, fourth], areStopped: false)
            for entries in [["a", "b", "d"], ["d", "b", "a"]] {
                #expect(grants.covering(anna, entries, in: catalog, at: now)?.label.marking == both, "\(given)")
            }
            #expect(grants.covering(anna, ["d"], in: catalog, at: now)?.label.marking == given)
        }
        #expect(grants.nextEnd(after: now) == [first.expires, second.expires].min())
        #expect(grants.nextEnd(after: first.expires + 100) == nil)
    }
}
