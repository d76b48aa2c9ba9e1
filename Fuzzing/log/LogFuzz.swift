import Fuzzers

/// The laws of what the log reads: entries, frames of the journal, notes and checkpoints, what is sent to
/// witnesses, the small files in its folders, and a whole folder that somebody has changed.
let logFuzzer = Fuzzer(
    "log",
    .init("entry") { EntryLaws.violation(by: $0) },
    .init("frame") { FrameLaws.violation(by: $0) },
    .init("note") { NoteLaws.violation(by: $0) },
    .init("witness") { NoteLaws.witnessViolation(by: $0) },
    .init("json") { JSONLaws.violation(by: $0) },
    .init("files") { FileLaws.violation(by: $0) },
    .init("tamper") { TamperLaws.violation(by: $0) }
)

#if FUZZING

/// The entry that libFuzzer calls with one input after another.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer's memory is handed on for the length of the call.
    unsafe logFuzzer.check(start, count)
}

#else

/// Replays kept inputs.
@main
enum LogFuzz {
    static func main() { logFuzzer.replay() }
}

#endif
