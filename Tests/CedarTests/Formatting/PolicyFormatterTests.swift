import Cedar
import Foundation
import Testing

@Suite("Laying policies out")
struct PolicyFormatterTests {
    @Test("A layout is canonical, keeps comments, and stays as it is when laid out again")
    func layout() throws {
        let text = """
            // above
            @id("a")@reason("b") permit(principal in Group::"g",action in [Action::"r",Action::"w",],resource) // behind
            when{principal.clearance>=resource.rank&&(context.a||context.b)// why
            &&principal.categories.containsAll(resource.categories)};
            forbid(principal,action,resource)unless{true};
            // at the end
            """
        let layout = """
            // above
            @id("a")
            @reason("b")
            permit (
              principal in Group::"g",
              action in [Action::"r", Action::"w"],
              resource
            ) // behind
            when
            {
              principal.clearance >= resource.rank &&
              (context.a ||
               context.b) // why
               &&
              principal.categories.containsAll(resource.categories)
            };

            forbid (principal, action, resource)
            unless { true };
            // at the end

            """
        #expect(try PolicySet.formatted(text) == layout)
        #expect(try PolicySet.formatted(layout) == layout)
    }

    @Test(
        "A comment at a comma that closes a list is kept, also where the reference drops it",
        arguments: [
            ("permit (principal, action, resource // c\n,);", "permit (principal, action, resource // c\n);\n"),
            ("permit (principal, action, resource, // c\n);", "permit (principal, action, resource) // c\n;\n"),
            (
                "permit (principal, action, resource,\n// a\n\n// b\n);",
                "permit (principal, action, resource\n// a\n// b\n);\n"
            ),
            ("permit (principal, action, resource,) // c\n;", "permit (principal, action, resource) // c\n;\n"),
            (
                "permit (principal, action, resource) when { [1, 2, // c\n] == [] };",
                """
                permit (principal, action, resource)
                when
                {
                  [1,
                   2
                  // c
                  ] == []
                };

                """
            ),
        ]
    )
    func lastCommas(text: String, layout: String) throws {
        #expect(try PolicySet.formatted(text) == layout)
        #expect(try PolicySet.formatted(layout) == layout)
    }

    @Test("The sample policies stand as they would be laid out", arguments: ["labels", "projects", "services"])
    func samples(name: String) throws {
        let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
        let text = try String(contentsOf: root.appending(path: "policies/\(name).cedar"), encoding: .utf8)
        #expect(try PolicySet.formatted(text) == text)
    }

    @Test("What can't be read is not laid out")
    func broken() {
        #expect(throws: SyntaxErrors.self) { try PolicySet.formatted("permit (principal);") }
    }
}
