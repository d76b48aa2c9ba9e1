import Fuzzers

/// The laws of what others vouch for: certificates, Kerberos principals, and the questions made of them.
let identityFuzzer = Fuzzer(
    "identity",
    .init("certificate") { IdentityLaws.certificateViolation(by: $0) },
    .init("principal") { IdentityLaws.principalViolation(by: $0) },
    .init("key") { IdentityLaws.keyViolation(by: $0) }
)

#if FUZZING

/// The entry that libFuzzer calls with one input after another.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer's memory is handed on for the length of the call.
    unsafe identityFuzzer.check(start, count)
}

#else

/// Replays kept inputs.
@main
enum IdentityFuzz {
    static func main() { identityFuzzer.replay() }
}

#endif
