import Catalog
import Foundation
import PolicyDecision
import PolicyFiles
import Testing

@testable import stile

/// What programs read of `stile check`, `stile policy check` and `stile policy test`.
@Suite("Check documents")
struct CheckDocumentTests {
    /// The members of a document.
    private static func members(_ document: some OutputDocument) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(document.text().utf8))
        return try #require(value as? [String: Any])
    }

    /// A copy of the sample policies, with one text in one file replaced by another.
    private static func samples(
        _ file: String = "",
        _ old: String = "",
        _ new: String = "",
        _ body: (String) throws -> Void
    ) throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../policies")
            .standardized
        let folder = FileManager.default.temporaryDirectory.appending(path: "stile-\(UUID())")
        try FileManager.default.copyItem(at: sources, to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        if !file.isEmpty {
            let place = folder.appending(path: file)
            let text = try String(contentsOf: place, encoding: .utf8)
            try #require(text.contains(old))
            try text.replacing(old, with: new).write(to: place, atomically: true, encoding: .utf8)
        }
        try body(folder.path)
    }

    @Test("Good policies: their revision, and nothing wrong")
    func good() throws {
        try Self.samples { folder in
            var document = CheckDocument()
            document.add(policies: folder)
            let members = try Self.members(document)
            #expect(members["good"] as? Bool == true)
            #expect((members["revision"] as? String)?.count == 32)
            #expect((members["catalogueEntries"] as? Int ?? 0) > 0)
            #expect((members["problems"] as? [Any])?.isEmpty == true)
        }
    }

    @Test("A level that the scheme does not have: file, line and column")
    func wrong() throws {
        try Self.samples("catalog/press.yaml", "level: confidential\n", "level: confidental\n") { folder in
            var document = CheckDocument()
            document.add(policies: folder)
            let members = try Self.members(document)
            #expect(members["good"] as? Bool == false)
            #expect(members["revision"] == nil)
            let problems = try #require(members["problems"] as? [[String: Any]])
            let problem = try #require(problems.first)
            #expect(problem["severity"] as? String == "error")
            #expect((problem["file"] as? String)?.hasSuffix("catalog/press.yaml") == true)
            #expect((problem["line"] as? Int ?? 0) > 1)
            #expect((problem["column"] as? Int ?? 0) > 1)
            #expect((problem["message"] as? String)?.contains("confidental") == true)
        }
    }

    @Test("What is wrong in one file does not hide what is wrong in another")
    func everything() throws {
        try Self.samples("catalog/press.yaml", "level: confidential\n", "level: confidental\n") { folder in
            for (file, text) in [("labels.cedar", "permit (principal, action"), ("schema.cedarschema", "entity ;")] {
                let place = URL(filePath: folder).appending(path: file)
                let old = try String(contentsOf: place, encoding: .utf8)
                try (old + text).write(to: place, atomically: true, encoding: .utf8)
            }
            var document = CheckDocument()
            document.add(policies: folder)
            let files = Set(document.problems.compactMap { $0.file?.split(separator: "/").last })
            #expect(files == ["press.yaml", "labels.cedar", "schema.cedarschema"])
        }
    }

    @Test("What is no file's fault has no place, and a warning does not make it bad")
    func placeless() throws {
        var document = CheckDocument()
        document.add(.warning, ["reached over plain HTTP"])
        #expect(document.good)
        document.add(.error, ["the directory does not answer"])
        #expect(!document.good)
        let problems = try #require(try Self.members(document)["problems"] as? [[String: Any]])
        #expect(problems.compactMap { $0["severity"] as? String } == ["warning", "error"])
        #expect(problems.allSatisfy { $0["file"] == nil && $0["line"] == nil })
        #expect(throws: Outcome.self) { try document.show(as: .table) }
    }

    @Test("Policy tests: each by name and place, with what was not as expected")
    func tests() throws {
        let wrong = (
            "tests/governance.yaml", "resource: policy-revisions\n    expect: allow",
            "resource: policy-revisions\n    expect: deny"
        )
        for (file, old, new) in [("", "", ""), wrong] {
            try Self.samples(file, old, new) { folder in
                let source = try PolicyRevision.source(folder).get()
                let document = PolicyTestDocument(source.tests.map(try PolicyInForce(source, tests: []).run))
                #expect(document.passed + document.failed == source.tests.count)
                #expect((document.failed == 0) == file.isEmpty)
                let tests = try #require(try Self.members(document)["tests"] as? [[String: Any]])
                #expect(tests.count == source.tests.count)
                for test in tests {
                    let failures = try #require(test["failures"] as? [String])
                    #expect((test["passed"] as? Bool) == failures.isEmpty)
                }
                let lines = document.lines(showingPassed: false).split(separator: "\n")
                #expect(lines.last == "\(document.passed) passed, \(document.failed) failed")
                #expect(lines.dropLast().allSatisfy { $0.hasPrefix("WRONG ") && $0.contains("governance.yaml:") })
                #expect(lines.count == 1 + document.tests.flatMap(\.failures).count)
            }
        }
    }
}
