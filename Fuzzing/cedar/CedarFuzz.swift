import Fuzzers

/// What Cedar reads: the four doors through which text of others comes in.
let cedarFuzzer = Fuzzer(
    "cedar",
    .init("lexer") { WordLaws.violation(by: String(decoding: $0, as: UTF8.self)) },
    .init("policies") { PolicyLaws.violation(by: String(decoding: $0, as: UTF8.self)) },
    .init("schemas") { SchemaLaws.violation(byText: String(decoding: $0, as: UTF8.self)) },
    .init("json") { JSONLaws.violation(by: String(decoding: $0, as: UTF8.self)) }
)

#if FUZZING

/// The entry that libFuzzer calls with one input after another.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer's memory is handed on for the length of the call.
    unsafe cedarFuzzer.check(start, count)
}

#else

/// Replays kept inputs.
@main
enum CedarFuzz {
    static func main() { cedarFuzzer.replay() }
}

#endif
