import Fuzzers

/// The laws of what this room reads of credentials, and of what other gateways announce; the first byte of an input says
/// what it is.
let gatewayFuzzer = Fuzzer(
    "gateway",
    .init("sign-in") { SignInLaws.violation(by: $0) },
    .init("announcement") { AnnouncementLaws.violation(by: $0) },
    .init("revision") { RevisionLaws.violation(by: $0) }
)

#if FUZZING

/// The entry that libFuzzer calls with one input after another.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer's memory is handed on for the length of the call.
    unsafe gatewayFuzzer.check(start, count)
}

#else

/// Replays kept inputs.
@main
enum GatewayFuzz {
    static func main() { gatewayFuzzer.replay() }
}

#endif
