import Catalog
import DecisionLog
import Foundation
import Governance
import PolicyDecision
import SecurityLabels

/// Grants: time-limited exceptions that owners give for their data.
///
/// Whether somebody may is decided by policies before this is reached, as the question whether they may `administer` the entry of the
/// catalogue that the grant is for; no token covers that. Each giving and taking back is an entry of the decision log besides.
extension Console {
    /// `POST /.stile/api/grants/ENTRY` with `{"person": …, "hours": 72, "reason": …, "label": …}`.
    ///
    /// Without a label the grant goes up to the entry's own, floors left out.
    func giveGrant(for entry: String, _ request: ConsoleRequest, in office: GrantOffice) async -> ConsoleAnswer {
        let order: GrantOrder
        do throws(Orders.Problem) {
            order = try Orders.read(
                GrantOrder.self,
                from: request,
                example: "{\"person\": \"ben\", \"hours\": 72, \"reason\": \"what for\"}"
            )
        } catch {
            return error.answer
        }
        let policies = self.policies()
        guard let resource = policies.catalog.resource(of: entry), resource.kind != .project,
            let label = resource.label
        else { return .problem(404, "`\(entry)` is no labelled data set, model or service of the catalogue") }
        let covered: SecurityLabel
        do {
            covered = try Self.covered(order.label, of: label, scheme: policies.scheme)
        } catch let error as LabelProblem {
            return .problem(400, error.description)
        } catch {
            return .problem(400, "\(error)")
        }
        let person: Signatory
        switch await office.person(order.person) {
        case .person(let found): person = found
        case .nobody: return .problem(404, "nobody is called `\(order.person)` and may sign in")
        case .unavailable(let reason): return .problem(503, "the directory cannot be asked who that is: \(reason)")
        }
        do throws(GrantRefusal) {
            let (seconds, isTooLong) = order.hours.multipliedReportingOverflow(by: 3_600)
            let grant = try office.desk.draft(
                for: person,
                resource: entry,
                label: covered.marking,
                reason: order.reason,
                seconds: isTooLong ? .max : seconds,
                by: request.asker.signatory,
                decision: request.decision
            )
            // No entry, no grant: it is written down before it opens anything.
            let isRecorded = await office.record(
                LogEvent.grantGiven,
                [
                    "grant": .string(grant.id.description), "resource": .string(entry),
                    "label": .string(grant.label), "expires": .string(Self.time(grant.expires)),
                    "decision": .string(request.decision),
                ]
            )
            guard isRecorded else { return .problem(503, "the grant could not be written into the decision log") }
            try await office.desk.give(grant)
            await office.spread()
            return .json(
                GrantDocument(GrantBook.Entry(grant: grant, withdrawal: nil), now: self.now().seconds),
                status: 201
            )
        } catch {
            return Self.answer(error)
        }
    }

    /// `GET /.stile/api/grants`: those that the asker has or gave; `GET /.stile/api/grants/all`: everybody's.
    ///
    /// With `ended=true` also those that open nothing.
    func listGrants(
        of person: String?,
        _ parameters: inout QueryParameters,
        in office: GrantOffice
    ) async throws -> ConsoleAnswer {
        let withDead = try parameters.value("ended", expected: "`true` or `false`") { Bool($0) } ?? false
        try parameters.finish()
        let now = self.now().seconds
        let grants = office.desk.grants(of: person).filter { withDead || $0.isGood(at: now) }
        return .json(GrantsDocument(grants: grants.map { GrantDocument($0, now: now) }))
    }

    /// `DELETE /.stile/api/grants/ENTRY/ID`: takes a grant back.
    ///
    /// When it has answered, no request is let through on the grant; asked again, it answers the same.
    func withdrawGrant(
        _ id: GrantID,
        for entry: String,
        _ request: ConsoleRequest,
        in office: GrantOffice
    ) async -> ConsoleAnswer {
        do throws(GrantRefusal) {
            let withdrawn: GrantBook.Entry?
            do throws(GrantRefusal) {
                withdrawn = try await office.desk.withdraw(id, for: entry, by: request.asker.signatory)
            } catch {
                // It does not count here any more, whoever else could be told.
                await office.spread()
                throw error
            }
            guard let withdrawn else { return .problem(404, "no grant `\(id)` for `\(entry)`") }
            await office.spread()
            let isRecorded = await office.record(
                LogEvent.grantWithdrawn,
                ["grant": .string(id.description), "decision": .string(request.decision)]
            )
            guard isRecorded else {
                return .problem(503, "the grant is taken back, and that could not be written into the decision log")
            }
            return .json(GrantDocument(withdrawn, now: self.now().seconds))
        } catch {
            return Self.answer(error)
        }
    }

    private struct LabelProblem: Error, CustomStringConvertible {
        let description: String
    }

    /// What a grant covers: what was asked for, at most the entry's label, and never a floor.
    private static func covered(_ text: String?, of label: SecurityLabel, scheme: Scheme) throws -> SecurityLabel {
        guard let text else {
            return SecurityLabel(level: label.level, categories: label.categories.subtracting(scheme.floors))
        }
        let asked = try scheme.label(marking: text)
        if let floor = asked.categories.intersection(scheme.floors).sorted().first {
            throw LabelProblem(
                description: "found the floor `\(floor.name)` in the label, expected none: no grant covers a floor"
            )
        }
        guard label.dominates(asked) else {
            throw LabelProblem(
                description: "found the label `\(text)`, expected at most the entry's own, `\(label.marking)`"
            )
        }
        return asked
    }

    private static func answer(_ refusal: GrantRefusal) -> ConsoleAnswer {
        switch refusal {
        case .malformedReason, .lifetime: .problem(400, refusal.description)
        case .tooManyGiven, .tooManyHeld: .problem(429, refusal.description)
        case .toOneself: .problem(409, refusal.description)
        case .store: .problem(503, refusal.description)
        }
    }
}

/// What somebody wants to give.
private struct GrantOrder: Decodable {
    var person: String
    var hours: Int64
    var reason: String
    var label: String?
}

/// A grant as it goes over the wire.
private struct GrantDocument: Encodable {
    var id: String
    var person: String
    var resource: String
    var label: String
    var reason: String
    var givenBy: String
    var given: String
    var expires: String
    var state: String
    var withdrawn: String?
    var withdrawnBy: String?

    init(_ entry: GrantBook.Entry, now: Int64) {
        let grant = entry.grant
        self.id = grant.id.description
        self.person = grant.person.name
        self.resource = grant.resource
        self.label = grant.label
        self.reason = grant.reason
        self.givenBy = grant.by.name
        self.given = Console.time(grant.given)
        self.expires = Console.time(grant.expires)
        self.state = entry.withdrawal != nil ? "withdrawn" : entry.isGood(at: now) ? "good" : "ended"
        self.withdrawn = entry.withdrawal.map { Console.time($0.time) }
        self.withdrawnBy = entry.withdrawal?.by.name
    }
}

/// Grants as they go over the wire.
private struct GrantsDocument: Encodable {
    var grants: [GrantDocument]
}
