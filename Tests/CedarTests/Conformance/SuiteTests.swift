import Testing

@testable import cedar_conformance

@Suite("Conformance with the reference")
struct SuiteTests {
    /// Cases made for single features; what the reference makes of them is written beside them.
    @Test("Every case of the suite here is equal", arguments: try SuiteFiles.files(at: SuiteFolders.own))
    func ownSuite(file: String) throws {
        let report = try ConformanceCommand.run([file])
        #expect(report.isSuccess, "\(report.text(explains: true))")
    }

    @Test(
        "Every case of the shared suite is equal",
        .enabled(if: !SuiteFolders.sharedFiles.isEmpty, "no shared suite beside the package"),
        arguments: SuiteFolders.sharedFiles
    )
    func sharedSuite(file: String) throws {
        let report = try ConformanceCommand.run([file])
        #expect(report.isSuccess, "\(report.text(explains: true))")
    }

    @Test("A case that differs is counted, listed and explained")
    func differences() throws {
        var outcome = Outcome()
        outcome.note(.decisions, true, "never seen")
        outcome.note(.decisions, false, "the first")
        outcome.note(.decisions, false, "the second")
        outcome.note(.reasons, true, "never seen")
        var report = Report()
        report.add(outcome, id: "one")
        #expect(!report.isSuccess)
        #expect(
            report.text(explains: true) == """
                decisions: 1/3, differing: one
                  one: the first
                reasons: 1/1
                0 passed, 1 failed
                """
        )
    }

    @Test("Nothing compared is no success")
    func emptyReport() {
        #expect(!Report().isSuccess)
    }

    @Test("A path that is not there is named")
    func missingFile() {
        #expect(throws: SuiteFiles.Failure.missing("/no/such/suite")) {
            try ConformanceCommand.run(["/no/such/suite"])
        }
    }
}
