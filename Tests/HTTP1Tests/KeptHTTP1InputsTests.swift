import Foundation
import Fuzzers
import Testing

@testable import http1_fuzz

/// What the fuzzer has reached, and what once broke a law, holds on every test run.
@Suite("Kept inputs of the HTTP1 fuzzer")
struct KeptHTTP1InputsTests {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../Fuzzing/http1")
        .standardizedFileURL

    @Test("No kept input breaks a law", arguments: ["Corpus", "FailCases"])
    func kept(name: String) throws {
        let replay = try http1Fuzzer.replay([Self.folder.appending(path: name).path])
        #expect(replay.inputs > 0 || name == "FailCases")
        #expect(replay.broken == [])
    }
}
