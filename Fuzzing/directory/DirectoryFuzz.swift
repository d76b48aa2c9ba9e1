import Fuzzers

/// The laws of what the directory rooms read: what operators and people write, and what servers send.
let directoryFuzzer = Fuzzer(
    "directory",
    .init("names") { NameLaws.violation(by: $0) },
    .init("filters") { FilterLaws.violation(by: $0) },
    .init("people") { PeopleLaws.violation(by: $0) },
    .init("wire") { WireLaws.violation(by: $0) }
)

#if FUZZING

/// The entry that libFuzzer calls with one input after another.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer's memory is handed on for the length of the call.
    unsafe directoryFuzzer.check(start, count)
}

#else

/// Replays kept inputs.
@main
enum DirectoryFuzz {
    static func main() { directoryFuzzer.replay() }
}

#endif
