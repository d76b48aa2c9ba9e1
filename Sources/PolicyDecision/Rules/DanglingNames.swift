import Catalog
import Cedar

/// Finds entities that policies name and the catalog does not have.
///
/// To Cedar any id is as good as another. But a forbid about `Project::"pres4"` never applies, and nobody would notice: so a name that
/// nothing answers to is an error.
enum DanglingNames {
    /// Reports every name of a project, data set, model or service that the catalog does not have.
    static func diagnostics(of reader: PolicyReader, catalog: Catalog) -> [PolicyDiagnostic] {
        let kinds = CatalogEntry.Kind.allCases.map { (type: EntityProjection.type(of: $0), kind: $0) }
        var found: [PolicyDiagnostic] = []
        let rules =
            reader.enforced.policies.map(\.rule) + reader.enforced.templates.map(\.rule)
            + reader.shadow.policies.map(\.rule)
        for rule in rules {
            for (uid, span) in self.names(in: rule) {
                guard let kind = kinds.first(where: { $0.type == uid.type })?.kind else { continue }
                if catalog.entries[uid.id]?.kind == kind { continue }
                let known = catalog.entries.values.filter { $0.kind == kind }.map(\.id).sorted()
                let place = rule.source?.position(at: span.start)
                found.append(
                    PolicyDiagnostic(
                        at: .init(
                            file: rule.source?.name ?? "policies",
                            line: place?.line ?? 1,
                            column: place?.column ?? 1
                        ),
                        "`\(uid)` is not in the catalog, so this never applies",
                        remedy: Spelling.closest(to: uid.id, in: known).map { "did you mean `\($0)`?" }
                            ?? "add the \(kind.rawValue) to the catalog, or correct the name"
                    )
                )
            }
        }
        return found
    }

    /// The entities that a rule names, each with its place; scopes have the place of the rule.
    private static func names(in rule: Rule) -> [(EntityUID, SourceSpan)] {
        var names: [(EntityUID, SourceSpan)] = []
        for scope in [rule.principal, rule.resource] {
            if let uid = scope.reference?.entity { names.append((uid, rule.span)) }
        }
        var open = rule.conditions.map(\.expression)
        while let expression = open.popLast() {
            if case .literal(.entity(let uid)) = expression.node { names.append((uid, expression.span)) }
            open += expression.children
        }
        return names
    }
}
