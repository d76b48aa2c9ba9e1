import Cedar
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

    @Test("What can't be read is not laid out")
    func broken() {
        #expect(throws: SyntaxErrors.self) { try PolicySet.formatted("permit (principal);") }
    }
}
