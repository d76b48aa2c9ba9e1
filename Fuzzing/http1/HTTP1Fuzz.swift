import Fuzzers

/// The laws of what this room reads; the first bytes of an input say what it is.
let http1Fuzzer = Fuzzer("http1", .init("wire") { WireLaws.violation(by: $0) })

#if FUZZING

/// The entry that libFuzzer calls with one input after another.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer's memory is handed on for the length of the call.
    unsafe http1Fuzzer.check(start, count)
}

#else

/// Replays kept inputs.
@main
enum HTTP1Fuzz {
    static func main() { http1Fuzzer.replay() }
}

#endif
