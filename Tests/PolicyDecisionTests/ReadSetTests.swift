import Catalog
import DecisionLog
import PolicyDecision
import SecurityLabels
import Testing

/// What a rule depends on is read off its text; seen from outside, it decides the cause of a deny.
@Suite("What rules depend on")
struct ReadSetTests {
    @Test(
        "The cause of a deny follows from what the rule reads",
        arguments: [
            ("when { resource.rank >= 0 }", .label),
            ("when { resource.level in Level::\"public\" || true }", .label),
            ("when { resource in Level::\"public\" }", .label),
            ("when { resource in [Level::\"public\", Level::\"internal\"] }", .label),
            ("when { [resource.categories].contains(resource.categories) }", .label),
            ("when { resource is Dataset in Level::\"public\" }", .label),
            ("when { [resource].contains(resource) }", .label),  // not plainly independent, so it counts
            ("when { resource in Project::\"press4\" }", .role),
            ("when { resource is Dataset in Project::\"press4\" }", .role),
            ("when { resource == Dataset::\"press4-forces\" }", .role),
            ("when { resource has owner }", .role),
            ("when { resource.title == \"Force curves of press 4\" }", .role),
            ("when { principal.clearance >= 0 }", .account),
            ("when { resource has owner && (principal in resource.owner || true) }", .account),
            ("when { context.encrypted }", .context),
            ("unless { context has purpose }", .context),
            ("unless { context has grant }", .role),  // a grant is about the label, not about circumstances
            ("when { principal.clearance >= 0 && context.encrypted }", .context),
            ("when { resource.rank >= 0 && context.encrypted }", [.label, .context]),
        ] as [(String, Causes)]
    )
    func causes(condition: String, causes: Causes) throws {
        var company = try SampleCompany()
        company.policies.append(
            PolicyText(
                file: "x.cedar",
                text: "@id(\"X\") @reason(\"x\") forbid (principal, action, resource is Dataset) \(condition);"
            )
        )
        let decision = try company.inForce().ask("otto", "read", "press4-forces")
        #expect(!decision.isAllowed)
        #expect(decision.causes == causes)
    }

    @Test(
        "So does its scope",
        arguments: [
            ("principal, action, resource in Level::\"public\"", .label),
            ("principal, action, resource in Category::\"customer-x\"", .label),
            ("principal, action, resource in Project::\"press4\"", .role),
            ("principal in Group::\"staff\", action, resource", .account),
            ("principal is User, action, resource", .account),
            ("principal, action == Action::\"read\", resource", .role),
        ] as [(String, Causes)]
    )
    func scopes(scope: String, causes: Causes) throws {
        var company = try SampleCompany()
        company.policies.append(PolicyText(file: "x.cedar", text: "@id(\"X\") @reason(\"x\") forbid (\(scope));"))
        let decision = try company.inForce().ask("otto", "read", "press4-forces")
        #expect(!decision.isAllowed && decision.causes == causes)
    }
}
