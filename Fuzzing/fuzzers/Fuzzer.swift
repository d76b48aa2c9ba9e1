import Glibc

/// The laws of what one room reads, by the name of the reader.
///
/// A fuzzer is two programs of one source: built with `-DFUZZING` libFuzzer calls ``check(_:_:)`` with inputs of its own making,
/// built without it replays the files that are kept (``replay()``). The laws are plain functions, so that tests call them, too.
package struct Fuzzer: Sendable {
    /// One reader and what must hold for whatever it is given.
    package struct Target: Sendable {
        /// The name: of the folder under `Corpus` and `FailCases`, and on the command line of `Fuzzing/run`.
        package let name: String
        /// The law that an input breaks; `nil` when all hold.
        package let violation: @Sendable ([UInt8]) -> String?

        /// Names a law.
        package init(_ name: String, _ violation: @escaping @Sendable ([UInt8]) -> String?) {
            self.name = name
            self.violation = violation
        }
    }

    /// How long reading one input may take, in seconds of the processor: what takes longer hangs.
    package static let patience = 5.0

    /// The folder under `Fuzzing/`.
    package let room: String
    /// The readers, at least one.
    package let targets: [Target]
    /// What libFuzzer's inputs go to.
    private let chosen: Target?

    /// Puts the readers of a room together; the variable `FUZZ_TARGET` says which one libFuzzer feeds, where there are several.
    package init(_ room: String, _ targets: Target...) {
        self.room = room
        self.targets = targets
        // The variable belongs to this process alone and is copied at once.
        let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) }
        self.chosen = targets.count == 1 ? targets.first : targets.first { $0.name == name }
    }

    /// Checks an input of libFuzzer's and ends the process if it breaks a law, which makes libFuzzer keep it.
    ///
    /// - Returns: What libFuzzer wants to hear: zero.
    package func check(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        guard let chosen else {
            fatalError("set FUZZ_TARGET to one of \(self.targets.map(\.name).joined(separator: ", "))")
        }
        // libFuzzer owns the memory for the length of this call; it is copied at once.
        let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
        if let broken = Self.violation(of: chosen, by: input) { fatalError(broken) }
        return 0
    }

    /// The law that an input breaks, the one that reading ends soon among them.
    static func violation(of target: Target, by input: [UInt8]) -> String? {
        let before = Self.processorSeconds
        if let broken = target.violation(input) { return broken }
        let spent = Self.processorSeconds - before
        // Time on the clock would count what other programs do.
        return spent > Self.patience ? "took \(spent) s of the processor" : nil
    }

    private static var processorSeconds: Double {
        var time = timespec()
        // The call writes the structure that it is given and nothing else.
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
