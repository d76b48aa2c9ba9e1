import SecurityLabels
import Testing

@testable import Directory

@Suite("Clearances")
struct ClearanceRulesTests {
    static let engineers = Group(
        id: .uuid("532faa9a-7bbc-1041-8dba-1dac69220a8e"),
        dn: try? DistinguishedName("cn=engineers,ou=groups,dc=plant,dc=example"),
        name: "engineers"
    )
    static let foreign = Group(id: .sid("S-1-5-21-1-2-3-1106"), dn: nil, name: "S-1-5-21-1-2-3-1106")
    static let contractors = Group(
        id: .uuid("00000000-7bbc-1041-8dba-1dac69220a8e"),
        dn: try? DistinguishedName("cn=contractors,ou=groups,dc=plant,dc=example"),
        name: "contractors"
    )

    static func rules() throws -> ClearanceRules {
        let scheme = try Scheme(
            levels: ["public", "internal", "confidential", "secret"],
            categories: ["customer-x": CategoryDefinition(title: "X"), "personal": CategoryDefinition(title: "P")]
        )
        let named = { (name: String) in try scheme.level(named: name) }
        return ClearanceRules(rules: [
            ClearanceRule(
                subject: try .init(group: "CN=Engineers,ou=groups, dc=plant,dc=example"),
                level: try named("confidential")
            ),
            ClearanceRule(
                subject: try .init(group: "sid:S-1-5-21-1-2-3-1106"),
                categories: [try scheme.category(named: "customer-x")]
            ),
            ClearanceRule(
                subject: try .init(group: "cn=contractors,ou=groups,dc=plant,dc=example"),
                ceiling: .init(level: try named("internal"), categories: [])
            ),
            ClearanceRule(subject: try #require(.init(attribute: "secLevel=3")), level: try named("secret")),
            ClearanceRule(subject: try #require(.init(attribute: "secLevel=1")), level: try named("public")),
        ])
    }

    @Test(
        "Levels: the highest; categories: all; ceilings: always; doubt: nothing",
        arguments: [
            ([engineers], [:], "confidential"),
            ([engineers, foreign], [:], "confidential//customer-x"),
            ([engineers, foreign, contractors], [:], "internal"),
            ([engineers], ["SECLEVEL": ["3"]], "secret"),
            ([contractors], ["secLevel": ["3"]], "internal"),
            ([], [:], "no rule"),
            ([foreign], [:], "no level"),
            ([contractors], [:], "no level"),
            ([], ["secLevel": ["2"]], "no rule"),
            ([engineers], ["secLevel": ["3", "1"]], "contradictory seclevel"),
        ] as [([Group], [String: [String]], String)]
    )
    func clearances(groups: [Group], attributes: [String: [String]], expected: String) throws {
        let person = Person(
            id: PersonID(.uuid("11111111-7bbc-1041-8dba-1dac69220a8e")),
            name: "anna",
            displayName: "Anna",
            mail: nil,
            dn: try DistinguishedName("uid=anna,ou=people,dc=plant,dc=example"),
            groups: groups,
            attributes: attributes
        )
        let found =
            switch try Self.rules().clearance(of: person) {
            case .clearance(let label): label.marking
            case .unreadable(.noRule): "no rule"
            case .unreadable(.noLevel): "no level"
            case .unreadable(.contradictory(let attribute)): "contradictory \(attribute)"
            }
        #expect(found == expected)
    }

    @Test("The attributes that rules look at are known, so that the directory is asked for them")
    func attributes() throws {
        #expect(try Self.rules().attributes == ["seclevel"])
    }
}
