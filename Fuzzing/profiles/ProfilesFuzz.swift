import Fuzzers

/// The laws of what this room reads; the first bytes of an input say what it is.
let profilesFuzzer = Fuzzer("profiles", .init("exchange") { ProfileLaws.violation(by: $0) })

#if FUZZING

/// The entry that libFuzzer calls with one input after another.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer's memory is handed on for the length of the call.
    unsafe profilesFuzzer.check(start, count)
}

#else

/// Replays kept inputs.
@main
enum ProfilesFuzz {
    static func main() { profilesFuzzer.replay() }
}

#endif
