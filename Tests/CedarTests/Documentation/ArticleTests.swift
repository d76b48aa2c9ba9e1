import Cedar
import Foundation
import Testing

/// What the articles show works as it stands there.
@Suite("Articles")
struct ArticleTests {
    private static let folder = Self.place(#filePath, up: 3) + "/Sources/Cedar/Cedar.docc/"

    private static func place(_ path: String, up: Int) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).dropLast(up + 1).joined(separator: "/")
    }

    /// The blocks of a language in an article.
    private static func blocks(_ language: String, in article: String) throws -> [String] {
        let text = try String(contentsOfFile: self.folder + article, encoding: .utf8)
        return text.components(separatedBy: "```\(language)\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
    }

    @Test(
        "Every line of Swift in an article is a line of this file, where it is compiled and run",
        arguments: [
            "Cedar.md", "Embedding.md", "Texts-and-JSON.md", "Checking.md", "Partial-answers.md", "Conformance.md",
        ]
    )
    func linesAreCompiled(article: String) throws {
        let source = try String(contentsOfFile: #filePath, encoding: .utf8)
        let lines = Set(source.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } })
        for block in try Self.blocks("swift", in: article) {
            for line in block.split(separator: "\n") {
                let line = line.trimmingPrefix { $0 == " " }
                #expect(lines.contains(line), "`\(line)` of \(article)")
            }
        }
    }

    private static let entityText = """
        [{"uid": {"type": "User", "id": "anna"}, "attrs": {"clearance": 2}, "parents": [{"type": "Group", "id": "press4-analysts"}]},
         {"uid": {"type": "Dataset", "id": "forces"}, "attrs": {"rank": 1, "owner": {"type": "User", "id": "anna"}},
          "parents": [{"type": "Project", "id": "press4"}, {"type": "Level", "id": "internal"}]}]
        """

    private struct World {
        let schemaText: String
        let policyText: String
        let entityText: String
        let anna = EntityUID(type: name("User"), id: "anna")
        let read = EntityUID(type: name("Action"), id: "read")
        let forces = EntityUID(type: name("Dataset"), id: "forces")

        init() throws {
            // The article's schema knows no projects, which its policy is about.
            self.schemaText =
                try ArticleTests.blocks("cedarschema", in: "Checking.md")[0]
                .replacing("entity Dataset in [Level]", with: "entity Project; entity Dataset in [Level, Project]")
            self.policyText = try ArticleTests.blocks("cedar", in: "Cedar.md")[0]
            self.entityText = ArticleTests.entityText
        }
    }

    private static func name(_ text: String) -> Name {
        guard let name = Name(text) else { preconditionFailure("`\(text)` is a name") }
        return name
    }

    @Test("The schema and the policy of the articles are read as they stand there")
    func texts() throws {
        #expect(try Schema(text: try Self.blocks("cedarschema", in: "Checking.md")[0]).actions.count == 2)
        #expect(try PolicySet(parsing: try Self.blocks("cedar", in: "Cedar.md")[0]).policies.count == 1)
    }

    @Test("Cedar.md")
    func overview() throws {
        let world = try World()
        let (schemaText, policyText, entityText) = (world.schemaText, world.policyText, world.entityText)
        let (anna, read, forces) = (world.anna, world.read, world.forces)
        let request = Request(principal: anna, action: read, resource: forces, context: ["mfa": .bool(true)])
        let schema = try Schema(text: schemaText, name: "plant.cedarschema")
        let policies = try PolicySet(parsing: policyText, file: "rules.cedar")
        let problems = schema.validate(policies, mode: .strict)

        let entities = try Entities(parsing: entityText, expecting: schema)
        let authorizer = Authorizer(policies)
        let response = authorizer.decide(request, entities)
        #expect(problems.isEmpty)
        #expect(response.decision == .allow)
    }

    private struct Refused: Error {
        let errors: [ValidationDiagnostic]

        init(_ errors: [ValidationDiagnostic]) { self.errors = errors }
    }

    private enum Answer: Equatable {
        case refuse
        case decided(Decision)
    }

    @Test("Embedding.md")
    func embedding() throws {
        #expect(try self.answer(isStrong: true, id: "press4-analysts") == .decided(.allow))
        #expect(try self.answer(isStrong: true, id: "others") == .decided(.deny))
        #expect(try self.answer(isStrong: nil, id: "press4-analysts") == .refuse)
    }

    private func answer(isStrong: Bool?, id: String) throws -> Answer {
        let world = try World()
        let (schemaText, anna, read, forces) = (world.schemaText, world.anna, world.read, world.forces)
        let files = [(name: "rules.cedar", text: world.policyText)]
        let json = world.entityText.replacing("press4-analysts", with: id)
        let schema = try Schema(text: schemaText, name: "plant.cedarschema")
        let sources = files.map { SourceText($0.text, name: $0.name) }
        let policies = try PolicySet(parsing: sources, naming: .requiredAnnotation("id"))
        let errors = schema.validate(policies).filter { !$0.isWarning }
        guard errors.isEmpty else { throw Refused(errors) }
        let authorizer = Authorizer(policies)
        let entities = try Entities(parsing: json, expecting: schema)
        let problems = schema.validate(entities)
        #expect(problems.isEmpty)
        guard isStrong != nil else {
            let request = Request(principal: anna, action: read, resource: forces)
            guard schema.validate(request).isEmpty else { return .refuse }
            return .decided(.allow)
        }
        let request = Request(principal: anna, action: read, resource: forces, context: ["mfa": .bool(true)])
        guard schema.validate(request).isEmpty else { return .refuse }
        let response = authorizer.decide(request, entities)
        let explanation = authorizer.explain(request, entities)
        for nearest in explanation.nearest {
            guard let conjunct = nearest.failingConjunct, let place = nearest.position(of: conjunct) else { continue }
            print("\(nearest.policy.id), \(place): `\(conjunct)` does not hold")
        }
        return .decided(response.decision)
    }

    @Test("Texts-and-JSON.md: policies and schemas")
    func forms() throws {
        let world = try World()
        let (schemaText, policyText, anna) = (world.schemaText, world.policyText, world.anna)
        let policies = try PolicySet(parsing: policyText, file: "rules.cedar")
        let policyJSON = JSON(policies).text(.indented)
        let samePolicies = try PolicySet(parsingJSON: policyJSON)
        #expect(samePolicies.policies == policies.policies)

        let layout = try PolicySet.formatted(policyText, file: "rules.cedar")
        #expect(layout == policyText)

        // swift-format-ignore
        var set = try PolicySet(parsing: #"@id("reader") permit (principal == ?principal, action, resource);"#, naming: .annotation("id"))
        try set.link(template: "reader", as: "reader-anna", values: [.principal: anna])
        #expect(set.policy("reader-anna")?.link?.values == [.principal: anna])

        let fragment = try SchemaFragment(text: schemaText, name: "plant.cedarschema")
        let schemaJSON = fragment.json.text(.indented)
        let sameText = try SchemaFragment(parsingJSON: schemaJSON).text
        let schema = try Schema([fragment])
        #expect(sameText == fragment.text)
        #expect(schema.actions.count == 2)

        do throws(SyntaxErrors) {
            _ = try PolicySet(parsing: "permit (principle, action, resource);", file: "rules.cedar")
        } catch {
            for diagnostic in error.diagnostics { print(diagnostic) }
            #expect(error.description.hasPrefix("rules.cedar:1:9: "))
            #expect(error.description.contains("principal"))
        }
    }

    @Test("Texts-and-JSON.md and Checking.md: entities and requests")
    func data() throws {
        let world = try World()
        let (read, entityText) = (world.read, world.entityText)
        let contextText = #"{"mfa": true}"#
        let schema = try Schema(text: world.schemaText)
        let policies = try PolicySet(parsing: world.policyText)
        let entities = try Entities(parsing: entityText, expecting: schema)
        let entityJSON = JSON.array(entities.map { JSON($0) }).text(.indented)
        let expected = schema.context(of: read) ?? [:]
        let context = try RecordValue(context: try JSON(parsing: contextText), expecting: expected)
        let contextJSON = JSON(.record(context)).text()
        #expect(Set(try Entities(parsing: entityJSON)) == Set(entities))
        #expect(contextJSON == #"{"mfa":true}"#)

        let request = Request(principal: world.anna, action: read, resource: world.forces, context: context)
        let wrongEntities = schema.validate(entities)
        let wrongRequest = schema.validate(request)
        #expect(wrongEntities.isEmpty)
        #expect(wrongRequest.isEmpty)
        for diagnostic in schema.validate(policies, mode: .strict, maximumLevel: 2) where !diagnostic.isWarning {
            print(diagnostic)
        }
        #expect(schema.validate(policies, maximumLevel: 2).isEmpty)
        #expect(!schema.validate(policies, maximumLevel: 0).isEmpty)
    }

    @Test("Partial-answers.md")
    func partialAnswers() throws {
        let world = try World()
        let (anna, read, forces, dataset) = (world.anna, world.read, world.forces, Self.name("Dataset"))
        let context: RecordValue = ["mfa": .bool(true)]
        let schema = try Schema(text: world.schemaText)
        let policies = try PolicySet(parsing: world.policyText)
        let entities = try Entities(parsing: world.entityText, expecting: schema)
        let partial = try PartialAuthorizer(schema, policies)
        let request = PartialRequest(
            principal: .known(anna),
            action: read,
            resource: .unknown(dataset),
            context: context
        )
        for answer in partial.evaluate(request, entities) {
            switch answer.decision {
            case .allow: print("anna may read every \(answer.environment.resource)")
            case .deny: print("anna may read no \(answer.environment.resource)")
            case nil: for residual in answer.residuals { print("it depends: \(residual.condition)") }
            }
        }
        let finder = AccessFinder(partial, Authorizer(policies), entities)
        let readable = finder.whatCan(anna, read, context: context).allowed
        let readers = finder.whoCan(read, forces, context: context).allowed
        #expect(readable == [forces])
        #expect(readers == [anna])
    }
}
