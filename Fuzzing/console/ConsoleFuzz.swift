import Fuzzers

/// The laws of what auditors may write into a query.
let consoleFuzzer = Fuzzer("console", .init("query") { QueryLaws.violation(by: $0) })

#if FUZZING

/// The entry that libFuzzer calls with one input after another.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer's memory is handed on for the length of the call.
    unsafe consoleFuzzer.check(start, count)
}

#else

/// Replays kept inputs.
@main
enum ConsoleFuzz {
    static func main() { consoleFuzzer.replay() }
}

#endif
