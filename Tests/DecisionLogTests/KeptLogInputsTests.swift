import Foundation
import Fuzzers
import Testing

@testable import log_fuzz

/// What the fuzzer has reached, and what once broke a law, holds on every test run.
@Suite("Kept inputs of the log's fuzzer")
struct KeptLogInputsTests {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../Fuzzing/log").standardizedFileURL

    @Test("No kept input breaks a law", arguments: ["Corpus", "FailCases"])
    func kept(name: String) throws {
        let replay = try logFuzzer.replay([Self.folder.appending(path: name).path])
        #expect(replay.inputs > 0 || name == "FailCases")
        #expect(replay.broken == [])
    }
}
