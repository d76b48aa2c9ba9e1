import Cedar
import Testing

/// RFC 76: how far from the request a policy looks.
@Suite("Levels")
struct LevelTests {
    @Test(
        "A policy needs as many levels as dereferences follow each other",
        arguments: [
            ("context.mfa", 0),
            ("principal == resource.owner || context.mfa", 1),
            ("principal.ok", 1),
            ("principal in Group::\"g\"", 1),
            ("principal.address.street == \"a\"", 1),
            ("resource.owner.ok", 2),
            ("resource.owner in Group::\"g\"", 2),
            ("resource.owner has boss", 2),
            ("resource.owner has boss && resource.owner.boss.ok", 3),
            ("principal.hasTag(resource.owner.name)", 2),
            ("principal.hasTag(\"t\") && principal.getTag(\"t\").contains(\"x\")", 1),
            ("(if context.mfa then principal else resource.owner).ok", 2),
            ("{a: principal, b: resource.owner.ok}.a.ok", 2),
            ("{a: resource.owner, b: 1}.a.ok", 2),
            ("action in Action::\"any\" && context.mfa", 1),
        ]
    )
    func levels(condition: String, needed: Int) throws {
        let schema = try PhotoHouse.schema()
        let policies = try PolicySet(
            parsing: "permit(principal, action == Action::\"view\", resource is Photo) when { \(condition) };"
        )
        #expect(schema.validate(policies, maximumLevel: needed).isEmpty)
        guard needed > 0 else { return }
        let found = schema.validate(policies, maximumLevel: needed - 1)
        #expect(found.contains { $0.problem == .levelExceeded(level: needed, maximum: needed - 1) })
    }

    @Test("An entity that is named outright is no place to look from, at any level")
    func literals() throws {
        let text = "permit(principal, action, resource) when { User::\"anna\".ok };"
        let found = try PhotoHouse.schema().validate(PolicySet(parsing: text), maximumLevel: 9)
        #expect(found.map(\.problem) == [.literalDereference])
    }
}
