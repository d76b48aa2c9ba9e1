import Catalog
import DecisionLog
import Directory
import Foundation
import HTTP1
import NIOCore
import PolicyDecision
import Profiles
import Testing
import TransparencyLog

@testable import Gateway

/// The spine without a socket: events in, steps out.
@Suite("Enforcement, step by step")
struct EnforcementTests {
    @Test(
        "What the first step is",
        arguments: [
            // path, who, step
            ("/things/open", .anna, .record(nil)),
            ("/things/secret", .anna, .record(.denied)),
            ("/things/open", .nobody, .record(.unauthenticated)),
            ("/things/open", .unreadable, .record(.unauthenticated)),
            ("/things/open", .stranger, .authenticate),
            ("/things/open", .outdated, .renew),
            ("/by-body", .anna, .hold(64)),
            ("/alias/a1", .anna, .lookUp(["a1"])),
            ("/missing", .anna, .record(.denied)),
            ("/elsewhere", .anna, .record(.denied)),
            // Nobody who is unknown learns which routes there are.
            ("/elsewhere", .nobody, .record(.unauthenticated)),
            ("/by-body", .stranger, .authenticate),
        ] as [(String, SpineWorld.Who, SpineWorld.Seen)]
    )
    func firstStep(path: String, who: SpineWorld.Who, expected: SpineWorld.Seen) throws {
        let world = try SpineWorld()
        var enforcement = Enforcement()
        let request = try world.request(path, method: path == "/by-body" ? "POST" : "GET")
        #expect(world.seen(enforcement.begin(request, world.arrival(who), in: world.sight)) == expected)
    }

    @Test("A host that is not served comes before everything, and everything comes after who asks")
    func order() throws {
        let world = try SpineWorld()
        let request = try world.request("/things/open")
        func first(
            _ place: ServiceTable.Place,
            _ who: SpineWorld.Who,
            foreign: Bool = false,
            field: String? = nil
        ) -> SpineWorld.Seen {
            var enforcement = Enforcement()
            let arrival = Arrival(
                place: place,
                recognition: world.recognition(who),
                isFromElsewhere: foreign,
                refusedField: field
            )
            return world.seen(enforcement.begin(request, arrival, in: world.sight))
        }
        #expect(first(.misdirected, .nobody) == .record(.misdirected))
        #expect(first(.nowhere, .nobody) == .record(.unauthenticated))
        #expect(first(.nowhere, .anna) == .record(.unknownService))
        #expect(first(.service(world.service), .anna, foreign: true) == .record(.denied))
        #expect(first(.service(world.service), .anna, field: "x") == .record(.malformed))
        #expect(first(.service(world.service), .nobody, field: "x") == .record(.unauthenticated))
    }

    @Test("Nothing is forwarded before its record is durable, and nothing without one")
    func recordBeforeForward() throws {
        let world = try SpineWorld()
        let request = try world.request("/things/open")
        var enforcement = Enforcement()
        world.expect(enforcement.begin(request, world.arrival(.anna), in: world.sight), .record(nil))
        var refused = enforcement
        world.expect(enforcement.recorded(true, request, in: world.sight), .forward)
        world.expect(refused.recorded(false, request, in: world.sight), .answer(.unavailable))
        var denied = Enforcement()
        let secret = try world.request("/things/secret")
        _ = denied.begin(secret, world.arrival(.anna), in: world.sight)
        world.expect(denied.recorded(true, secret, in: world.sight), .answer(.denied))
        world.expect(denied.recorded(false, secret, in: world.sight), .answer(.unavailable))
    }

    @Test("After the wait, what was true is looked at again")
    func afterTheWait() throws {
        let world = try SpineWorld()
        let request = try world.request("/things/open")
        var enforcement = Enforcement()
        _ = enforcement.begin(request, world.arrival(.anna), in: world.sight)
        var swapped = enforcement
        world.anna.revoke()
        world.expect(enforcement.recorded(true, request, in: world.sight), .authenticateAgain)
        world.sight.replacePolicies(try TestHouse.policies("r2"))
        let renewed = try world.visitor("anna", under: world.sight.policies)
        world.expect(swapped.authenticated(.visitor(renewed), request, in: world.sight), .record(nil))
        world.expect(swapped.recorded(true, request, in: world.sight), .forward)
    }

    @Test("Who loses access during the wait is told so, and a browser is sent to sign in", arguments: [true, false])
    func endedDuringTheWait(isBrowsing: Bool) throws {
        let world = try SpineWorld()
        let request = try world.request("/things/open")
        var arrival = world.arrival(.anna)
        arrival.isBrowsing = isBrowsing
        var enforcement = Enforcement()
        _ = enforcement.begin(request, arrival, in: world.sight)
        world.anna.revoke()
        world.expect(enforcement.recorded(true, request, in: world.sight), .authenticateAgain)
        let kind = isBrowsing ? RefusalKind.signInFirst : .unauthenticated
        let outcome = SignedIn.refused(reason: "ended-session")
        world.expect(enforcement.authenticated(outcome, request, in: world.sight), .record(kind))
        #expect(enforcement.accessEnded(because: "ended-session").kind == kind)
    }

    @Test("A clearance that was read while the policies changed is read again before anything is decided by it")
    func swapDuringTheSignIn() throws {
        let world = try SpineWorld()
        let request = try world.request("/things/open")
        var enforcement = Enforcement()
        world.expect(enforcement.begin(request, world.arrival(.stranger), in: world.sight), .authenticate)
        let old = world.sight.policies
        world.sight.replacePolicies(try TestHouse.policies("r2", readers: "nobody"))
        let early = try world.visitor("anna", under: old)
        world.expect(enforcement.authenticated(.visitor(early), request, in: world.sight), .renew)
        let renewed = try world.visitor("anna", under: world.sight.policies)
        world.expect(enforcement.authenticated(.visitor(renewed), request, in: world.sight), .record(.denied))
    }

    @Test(
        "Who has changed while the answer was on its way here is asked about again before anything is forwarded",
        arguments: [
            ("anna", true), ("ben", false), ("everybody", true), ("credential", true), ("many others", true),
        ]
    )
    func changedOnTheWay(who: String, isAskedAgain: Bool) throws {
        let world = try SpineWorld()
        let request = try world.request("/things/open")
        var enforcement = Enforcement()
        world.expect(enforcement.begin(request, world.arrival(.stranger), in: world.sight), .authenticate)
        let mark = world.sight.mark
        let anna = try world.visitor("anna", under: world.sight.policies)
        switch who {
        case "everybody": world.sight.forget(nil as PersonID?)
        case "credential": world.sight.forget(anna.digest)
        case "many others":
            for number in 0...10_000 { world.sight.forget(LostAccessTests.id("other-\(number)")) }
        default: world.sight.forget(LostAccessTests.id(who))
        }
        let visitor = world.sight.welcome(anna, askedAt: mark)
        world.expect(enforcement.authenticated(.visitor(visitor), request, in: world.sight), .record(nil))
        world.expect(
            enforcement.recorded(true, request, in: world.sight),
            isAskedAgain ? .authenticateAgain : .forward
        )
        #expect((world.sight.visitor(knownBy: anna.digest, at: .now()) == nil) == isAskedAgain)
        // Whoever is asked about from here on is known.
        let next = try world.visitor("anna", under: world.sight.policies)
        #expect(!world.sight.welcome(next, askedAt: world.sight.mark).isRevoked)
    }

    @Test("Who could not be told of a change any more is asked about again")
    func crowd() throws {
        let world = try SpineWorld()
        var crowd: [Visitor] = []
        for number in 0...20_000 {
            let name = Array("\(number)".utf8)
            let visitor = Visitor(
                world.anna.principal,
                digest: world.sight.credentialKey.digest(of: name.span),
                until: .distantFuture
            )
            crowd.append(world.sight.welcome(visitor, askedAt: world.sight.mark))
        }
        world.sight.forget(LostAccessTests.id("anna"))
        #expect(crowd.allSatisfy { $0.isRevoked })
    }

    @Test("Policies that change during the wait decide again, under a clearance that is read again")
    func swapDuringTheWait() throws {
        let world = try SpineWorld()
        let request = try world.request("/things/open")
        var enforcement = Enforcement()
        _ = enforcement.begin(request, world.arrival(.anna), in: world.sight)
        world.sight.replacePolicies(try TestHouse.policies("r2", readers: "nobody"))
        world.expect(enforcement.recorded(true, request, in: world.sight), .renew)
        let renewed = try world.visitor("anna", under: world.sight.policies)
        world.expect(enforcement.authenticated(.visitor(renewed), request, in: world.sight), .record(.denied))
    }

    @Test("A name that is seen for the first time is written down before anything is decided by it")
    func binding() throws {
        let world = try SpineWorld(isBound: false)
        let request = try world.request("/things/open")
        var enforcement = Enforcement()
        world.expect(enforcement.begin(request, world.arrival(.anna), in: world.sight), .bind(["things/thing/open"]))
        var failed = enforcement
        world.expect(failed.bound(false, request, in: world.sight), .record(.unavailable))
        try world.bind("open")
        world.expect(enforcement.bound(true, request, in: world.sight), .record(nil))
    }

    @Test("Renaming never lowers a label")
    func renaming() throws {
        let world = try SpineWorld()
        try world.bindings.bind(ResourceReference(service: "things", kind: "thing", id: "open", name: "secret-plans"))
        let request = try world.request("/things/open")
        var enforcement = Enforcement()
        world.expect(enforcement.begin(request, world.arrival(.anna), in: world.sight), .record(.denied))
    }

    @Test("The same question is decided once")
    func cache() throws {
        let world = try SpineWorld()
        let request = try world.request("/things/open")
        for _ in 0..<5 {
            var enforcement = Enforcement()
            world.expect(enforcement.begin(request, world.arrival(.anna), in: world.sight), .record(nil))
        }
        #expect(world.sight.counters.rulingsMade == 1)
        #expect(world.sight.counters.rulingsKnown == 4)
    }

    @Test("What a target means without a body is not taken for what it means with one")
    func bodies() throws {
        let world = try SpineWorld()
        for (hasBody, expected) in [(false, nil), (false, nil), (true, .malformed), (false, nil), (true, .malformed)]
            as [(Bool, RefusalKind?)]
        {
            var enforcement = Enforcement()
            let request = try world.request("/things/open/bare", hasBody: hasBody)
            world.expect(enforcement.begin(request, world.arrival(.anna), in: world.sight), .record(expected))
        }
    }

    @Test(
        "Whoever is denied over and over is slowed down, whether what they try exists or not",
        arguments: ["/things/secret", "/missing", "/elsewhere"]
    )
    func tooManyDenials(path: String) throws {
        let world = try SpineWorld { $0.denialsPerPerson = 3 }
        let request = try world.request(path)
        var kinds: [SpineWorld.Seen] = []
        for _ in 0..<4 {
            var enforcement = Enforcement()
            kinds.append(world.seen(enforcement.begin(request, world.arrival(.anna), in: world.sight)))
        }
        #expect(kinds == [.record(.denied), .record(.denied), .record(.denied), .record(.tooManyDenials)])
    }
}

/// What the spine needs to be asked: policies, a log for people's keys, and a service; no socket.
final class SpineWorld {
    enum Who: Sendable { case anna, nobody, unreadable, stranger, outdated }

    /// A step, without what cannot be compared.
    enum Seen: Hashable, Sendable {
        case authenticate, renew, authenticateAgain, forward, redirect, show
        case hold(Int)
        case lookUp([String])
        case bind([String])
        case record(RefusalKind?)
        case answer(RefusalKind)
    }

    let sight: Sight
    let service: Service
    let bindings: ResourceBindings
    private(set) var anna: Visitor
    private let log: DecisionLog
    private let folder: URL

    init(isBound: Bool = true, _ change: (inout GatewayLimits) -> Void = { _ in }) throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: "stile-spine-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        _ = try LogKeys.create(origin: "test.example/log", in: FolderStore(root: self.folder.path))
        self.log = try DecisionLog.open(folder: self.folder.path, gateway: "test")
        self.bindings = try ResourceBindings(path: self.folder.appending(path: "bindings").path)
        var limits = GatewayLimits()
        change(&limits)
        let policies = try TestHouse.policies("r1")
        let upstream = UpstreamConfiguration(address: .host("127.0.0.1", port: 1))
        self.service = try Service(
            ServiceConfiguration(name: "things", hosts: ["h"], backend: .upstream(upstream, ThingsProfile())),
            index: 0
        )
        self.sight = Sight(
            gateway: "test",
            policies: policies,
            bindings: self.bindings,
            credentialKey: CredentialKey(),
            limits: limits,
            services: 1
        )
        self.anna = try Self.visitor("anna", policies, self.log, self.sight)
        if isBound { for name in ["open", "secret"] { try self.bind(name) } }
    }

    deinit {
        self.log.close()
        try? FileManager.default.removeItem(at: self.folder)
    }

    func bind(_ name: String) throws {
        try self.bindings.bind(ResourceReference(service: "things", kind: "thing", id: name, name: name))
    }

    func visitor(_ name: String, under policies: PolicyInForce) throws -> Visitor {
        try Self.visitor(name, policies, self.log, self.sight)
    }

    private static func visitor(
        _ name: String,
        _ policies: PolicyInForce,
        _ log: DecisionLog,
        _ sight: Sight
    ) throws -> Visitor {
        let person = try #require(FakeDirectory.person(name, TestHouse.people[name]))
        let prepared = try log.prepare(RecordedPerson(id: person.id.value, name: person.name))
        let principal = Principal(
            Identity(person: person, authentication: Authentication(.basic)),
            snapshot: policies.principal(person),
            policies: policies,
            prepared: prepared
        )
        return Visitor(principal, digest: sight.credentialKey.digest(of: Array(name.utf8).span), until: .distantFuture)
    }

    func request(_ path: String, method: String = "GET", hasBody: Bool = true) throws -> ClientRequest {
        let request = ClientRequest(peer: "127.0.0.1", isEncrypted: false)
        let text = Array("\(method) \(path) HTTP/1.1\r\nHost: h\r\ncontent-length: 1\r\n\r\n".utf8)
        var head = RequestHead()
        _ = head.parse(text.span)
        request.setMethod(head.method, written: text.span.extracting(head.methodRange))
        try request.target.read(text.span, in: head.pathAndQuery)
        request.body = hasBody ? .unread : .none
        request.service = self.service
        return request
    }

    func recognition(_ who: Who) -> Recognition {
        switch who {
        case .anna: return .known(self.anna)
        case .outdated: return .outdated(self.anna)
        case .nobody: return .nobody
        case .unreadable: return .unreadable
        case .stranger:
            let field = Array("Basic eDp5".utf8)
            guard let credential = Credential(authorization: field) else { return .unreadable }
            return .unknown(credential, self.sight.credentialKey.digest(of: field.span))
        }
    }

    func arrival(_ who: Who) -> Arrival {
        Arrival(
            place: .service(self.service),
            recognition: self.recognition(who),
            isFromElsewhere: false,
            refusedField: nil
        )
    }

    func expect(_ step: Enforcement.Step, _ expected: Seen, at place: SourceLocation = #_sourceLocation) {
        #expect(self.seen(step) == expected, sourceLocation: place)
    }

    func seen(_ step: Enforcement.Step) -> Seen {
        switch step {
        case .authenticate: .authenticate
        case .renew: .renew
        case .authenticateAgain: .authenticateAgain
        case .holdBody(let limit): .hold(limit)
        case .lookUp(let queries): .lookUp(queries.map(\.id))
        case .bind(let things): .bind(things.map(\.description))
        case .record(let ruling): .record(ruling.refusal?.kind)
        case .forward: .forward
        case .answer(let refusal): .answer(refusal.kind)
        case .show: .show
        case .redirectToMount: .redirect
        }
    }
}
