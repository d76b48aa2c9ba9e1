import DecisionLog
import Foundation
import Governance

/// Revisions of the policies: what is in force, what waits for an approval, and the way from one to the other.
///
/// Whether somebody may is decided by policies before this is reached, as a question about `policy-revisions`: `read` to look, `create` to
/// propose, `administer` to approve. No token covers it.
extension Console {
    static let withoutPublishing = ConsoleAnswer.problem(
        404,
        "this gateway takes its policies from a folder (`policies: mode: files`); there is nothing to publish"
    )

    /// `GET /.stile/api/policies`: what is in force, what waits, and what was published, newest first.
    func policyHistory(at desk: PolicyDesk) async -> ConsoleAnswer {
        let state = await desk.state
        return .json(
            PoliciesDocument(
                inForce: RevisionDocument(
                    digest: state.standing.bundle.digest,
                    number: state.standing.number,
                    publication: state.standing.publication
                ),
                waiting: state.waiting.map { RevisionDocument($0) },
                history: state.history.map {
                    RevisionDocument(digest: $0.digest, number: $0.number, publication: $0)
                },
                troubles: state.troubles
            )
        )
    }

    /// `GET /.stile/api/policies/REVISION`: the files of a revision; `in-force` for the one that is.
    func policyFiles(called name: String, at desk: PolicyDesk) async -> ConsoleAnswer {
        do throws(PolicyRefusal) {
            let found =
                name == ConsoleRoute.inForce
                ? await desk.state.standing.bundle : try await desk.bundle(called: name)
            guard let found else { return Self.answer(PolicyRefusal.unknown(name)) }
            return .json(
                FilesDocument(
                    digest: found.digest.description,
                    revision: found.digest.revision,
                    files: found.files.map { FilesDocument.File(name: $0.name, text: $0.text) }
                )
            )
        } catch {
            return Self.answer(error)
        }
    }

    /// `POST /.stile/api/policies` with `{"note": …, "files": [{"name": …, "text": …}]}`: proposes a revision.
    ///
    /// With `"revision"` in place of files it proposes an earlier one again; `"base"` names the revision that the proposer began with.
    func proposePolicies(_ request: ConsoleRequest, at desk: PolicyDesk) async -> ConsoleAnswer {
        let order: PolicyOrder
        do throws(Orders.Problem) {
            order = try Orders.read(
                PolicyOrder.self,
                from: request,
                example: "{\"note\": \"what for\", \"files\": [{\"name\": \"scheme.yaml\", \"text\": \"…\"}]}"
            )
        } catch {
            return error.answer
        }
        do {
            let bundle: PolicyBundle
            switch (order.files, order.revision) {
            case (let files?, nil):
                bundle = try PolicyBundle(files.map { PolicyBundle.File(name: $0.name, text: $0.text) })
            case (nil, let revision?):
                guard let earlier = try await desk.bundle(called: revision) else {
                    return Self.answer(PolicyRefusal.unknown(revision))
                }
                bundle = earlier
            default: return .problem(400, "found both or neither of `files` and `revision`, expected one of them")
            }
            let outcome = try await desk.propose(
                bundle,
                base: order.base,
                note: order.note,
                by: request.asker.signatory,
                decision: request.decision
            )
            switch outcome {
            case .waiting(let proposal): return .json(RevisionDocument(proposal), status: 201)
            case .inForce(let publication):
                let document = RevisionDocument(
                    digest: publication.digest,
                    number: publication.number,
                    publication: publication
                )
                return .json(document, status: 201)
            }
        } catch let error as PolicyBundleError {
            return .problem(400, error.description)
        } catch let error as PolicyRefusal {
            return Self.answer(error)
        } catch {
            return .problem(503, "\(error)")
        }
    }

    /// `POST /.stile/api/policies/REVISION/approve`: approves what somebody else proposed; when it has answered, it is in force here.
    func approvePolicies(_ name: String, _ request: ConsoleRequest, at desk: PolicyDesk) async -> ConsoleAnswer {
        do throws(PolicyRefusal) {
            let publication = try await desk.approve(name, by: request.asker.signatory, decision: request.decision)
            return .json(
                RevisionDocument(digest: publication.digest, number: publication.number, publication: publication)
            )
        } catch {
            return Self.answer(error)
        }
    }

    private static func answer(_ refusal: PolicyRefusal) -> ConsoleAnswer {
        switch refusal {
        case .malformedNote: .problem(400, refusal.description)
        case .unknown: .problem(404, refusal.description)
        case .invalid, .unchanged, .overtaken, .ambiguous, .ownProposal, .lapsed, .proposerLost:
            .problem(409, refusal.description)
        case .tooManyWaiting, .tooManyToday: .problem(429, refusal.description)
        case .missing, .tampered, .unrecorded, .notTakenUp, .proposerUnknown, .store:
            .problem(503, refusal.description)
        }
    }
}

extension ConsoleRequest.Asker {
    /// Who stands for what they order.
    var signatory: Signatory { Signatory(id: self.owner.id, name: self.owner.name) }
}

/// What somebody wants in force.
private struct PolicyOrder: Decodable {
    struct File: Decodable {
        var name: String
        var text: String
    }

    var note: String
    var base: String?
    var files: [File]?
    var revision: String?
}

/// A revision as it goes over the wire.
private struct RevisionDocument: Encodable {
    var digest: String
    var revision: String
    var number: UInt64
    /// `waiting` for an approval, or `published`; `folder` for what a gateway began with.
    var state: String
    var base: String?
    var note: String?
    var proposedBy: String?
    var proposed: String?
    var approvedBy: String?
    var published: String?

    init(_ proposal: PolicyProposal) {
        self.digest = proposal.digest.description
        self.revision = proposal.digest.revision
        self.number = proposal.number
        self.state = "waiting"
        self.take(proposal)
    }

    init(digest: PolicyDigest, number: UInt64, publication: PolicyPublication?) {
        self.digest = digest.description
        self.revision = digest.revision
        self.number = number
        self.state = publication == nil ? "folder" : "published"
        guard let publication else { return }
        self.take(publication.proposal)
        self.approvedBy = publication.approval?.by.name
        self.published = Console.time(publication.time)
    }

    private mutating func take(_ proposal: PolicyProposal) {
        self.base = proposal.base.revision
        self.note = proposal.note
        self.proposedBy = proposal.by.name
        self.proposed = Console.time(proposal.time)
    }
}

/// Revisions as they go over the wire.
private struct PoliciesDocument: Encodable {
    var inForce: RevisionDocument
    var waiting: [RevisionDocument]
    var history: [RevisionDocument]
    var troubles: [String]
}

/// A revision's files as they go over the wire.
private struct FilesDocument: Encodable {
    struct File: Encodable {
        var name: String
        var text: String
    }

    var digest: String
    var revision: String
    var files: [File]
}
