import Foundation
import Testing

@testable import cedar_fuzz

/// What the fuzzer has reached, and what once broke a law, holds on every test run.
@Suite("Kept inputs of the Cedar fuzzer")
struct KeptCedarInputsTests {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../../Fuzzing/cedar")
        .standardizedFileURL

    @Test("No kept input breaks a law", arguments: ["Corpus", "FailCases"])
    func kept(name: String) throws {
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.folder.appending(path: name),
            includingPropertiesForKeys: nil
        )
        #expect(!files.isEmpty)
        for file in files {
            let broken = ReadingLaws.violation(by: Array(try Data(contentsOf: file)))
            #expect(broken == nil, "\(file.lastPathComponent)")
        }
    }
}
