import Foundation
import Fuzzers
import Testing

@testable import gateway_fuzz

/// What the fuzzer has reached, and what once broke a law, holds on every test run.
@Suite("Kept inputs of the gateway's fuzzer")
struct KeptGatewayInputsTests {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../Fuzzing/gateway")
        .standardizedFileURL

    @Test("No kept input breaks a law", arguments: ["Corpus", "FailCases"])
    func kept(name: String) throws {
        let replay = try gatewayFuzzer.replay([Self.folder.appending(path: name).path])
        #expect(replay.inputs > 0 || name == "FailCases")
        #expect(replay.broken == [])
    }
}
