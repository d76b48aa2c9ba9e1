import Foundation
import Fuzzers
import Testing

@testable import console_fuzz

/// What the fuzzer has reached, and what once broke a law, holds on every test run.
@Suite("Kept inputs of the console's fuzzer")
struct KeptConsoleInputsTests {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../Fuzzing/console")
        .standardizedFileURL

    @Test("No kept input breaks a law", arguments: ["Corpus", "FailCases"])
    func kept(name: String) throws {
        let replay = try consoleFuzzer.replay([Self.folder.appending(path: name).path])
        #expect(replay.inputs > 0 || name == "FailCases")
        #expect(replay.broken == [])
    }
}
