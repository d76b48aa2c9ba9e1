import Catalog
import Cedar
import DecisionLog
import Directory
import SecurityLabels

extension PolicyInForce {
    /// Decides a question.
    ///
    /// Synchronous and without waiting; the answer may be kept, see ``AccessDecision``. Whatever is not known is a deny: what decides is
    /// never a guess.
    ///
    /// - Parameters:
    ///   - action: The action.
    ///   - resource: The thing, from ``resource(for:bound:)`` of this same revision.
    ///   - principal: The person, from ``principal(_:)`` of this same revision.
    ///   - context: The circumstances.
    /// - Returns: The answer, with all reasons.
    package func decide(
        _ action: String,
        on resource: ResourceSnapshot,
        by principal: PrincipalSnapshot,
        in context: DecisionContext
    ) -> AccessDecision {
        let labelled = resource.labelled
        var draft = DecisionDraft(
            person: principal.person.name,
            action: action,
            resource: labelled,
            clearance: principal.clearance,
            // What has no label has no level that could ask for silence.
            explain: labelled.label.map { self.scheme.explainDepth(at: $0.level) } ?? .owner,
            revision: self.revision,
            grant: context.grant?.id,
            contextRead: self.contextRead
        )
        guard principal.person.account.allowsSignIn else { return draft.denied(.closedAccount, .account) }
        guard let clearance = principal.clearance else {
            guard case .unreadable(let reason) = principal.outcome else {
                return draft.denied(.closedAccount, .account)
            }
            return draft.denied(.unreadableClearance(reason), .account)
        }
        guard let label = labelled.label, let projected = resource.projected.entity else {
            return draft.denied(labelled.entries.isEmpty ? .unknownResource : .unlabelled, .error)
        }
        draft.missing = label.categories.subtracting(clearance.categories).sorted()
        let (who, what): (Entity, Entity)
        do throws(ProjectionError) {
            who = try principal.entity.get()
        } catch {
            return draft.denied(.unreadablePerson(error), .error)
        }
        do throws(ProjectionError) {
            what = try projected.get()
        } catch {
            return draft.denied(.unreadableResource(error), .error)
        }
        guard
            let request = self.projection.request(
                action,
                by: who,
                on: what,
                reference: labelled.reference,
                clearance: clearance,
                in: context
            )
        else { return draft.denied(.unknownAction, .error) }
        let problems = self.projection.problems(of: request)
        guard problems.isEmpty else {
            draft.errors = problems
            return draft.denied(.unknownAction, .error)
        }
        let hearing = Hearing(self, request: request, who: who, what: what, resource: labelled, clearance: clearance)
        hearing.decide(&draft)
        return AccessDecision(draft)
    }
}

extension DecisionDraft {
    /// The deny that rests on what is not known.
    fileprivate func denied(_ ground: DecisionGround, _ cause: Causes) -> AccessDecision {
        var draft = self
        draft.ground = ground
        draft.causes = cause
        return AccessDecision(draft)
    }
}
