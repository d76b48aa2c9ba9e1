import Glibc

/// How a command ends when it does not end well.
///
/// The codes are a promise to scripts: 1 is an answer ("no"), 3 is the lack of one.
enum Outcome: Error {
    /// The answer is no: denied, a check failed.
    case no(String = "")
    /// The command was called wrongly.
    case usage(String)
    /// There is no answer: a file, the directory or the network.
    case cannot(String)

    /// Where a text goes.
    enum Stream {
        case output
        case error
    }

    /// Says why, and ends the process.
    func leave() -> Never {
        switch self {
        case .no(let message):
            Self.write(message, to: .error)
            Self.exit(1)
        case .usage(let message):
            Self.write(message, to: .error)
            Self.exit(2)
        case .cannot(let message):
            Self.write(message, to: .error)
            Self.exit(3)
        }
    }

    static func exit(_ code: Int32) -> Never {
        Glibc.exit(code)
    }

    /// Writes a line; a reader that has gone away is no failure of the command.
    static func write(_ text: String, to stream: Stream) {
        guard !text.isEmpty else { return }
        var bytes = Array(text.utf8)
        if bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        let descriptor: Int32 = stream == .output ? STDOUT_FILENO : STDERR_FILENO
        var rest = bytes[...]
        while !rest.isEmpty {
            // SAFETY: the pointer and the count are of the same buffer.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
