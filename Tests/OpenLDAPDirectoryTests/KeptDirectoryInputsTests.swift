import Foundation
import Fuzzers
import Testing

@testable import directory_fuzz

/// What the fuzzer has reached, and what once broke a law, holds on every test run.
@Suite("Kept inputs of the directory fuzzer")
struct KeptDirectoryInputsTests {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../Fuzzing/directory")
        .standardizedFileURL

    @Test("No kept input breaks a law", arguments: ["Corpus", "FailCases"])
    func kept(name: String) throws {
        let replay = try directoryFuzzer.replay([Self.folder.appending(path: name).path])
        #expect(replay.inputs > 0 || name == "FailCases")
        #expect(replay.broken == [])
    }
}
