import HTTP1

/// What must hold for every input whatsoever, checked against an oracle that is written in another way.
///
/// The first byte says what the rest is (request, response, chunks or target), the second how it is cut into pieces. A
/// law that does not hold is returned in words, so that the fuzzer can trap on it and a test can print it.
enum WireLaws {
    /// Checks one input.
    ///
    /// - Parameter input: Anything.
    /// - Returns: The law that is broken, or `nil`.
    static func violation(by input: [UInt8]) -> String? {
        guard input.count >= 2 else { return nil }
        let step = Int(input[1] % 32) + 1
        let bytes = Array(input.dropFirst(2))
        switch input[0] % 4 {
        case 0: return RequestLaws.violation(by: bytes, step: step)
        case 1: return ResponseLaws.violation(by: bytes, step: step, method: input[0] & 4 == 0 ? .get : .head)
        case 2: return ChunkLaws.violation(by: bytes, step: step)
        default: return TargetLaws.violation(by: bytes)
        }
    }

    /// Whether bytes that arrive in pieces come to the same end as `whole`.
    ///
    /// A fault within a line may be noticed later, at the latest when the line ends, and where a limit is passed the way
    /// matters for which fault is named; what is accepted, and that anything else is refused, must not depend on it.
    ///
    /// - Parameters:
    ///   - whole: What came of all bytes at once.
    ///   - bytes: The bytes.
    ///   - step: How many arrive at a time.
    ///   - parse: Reads a growing part of the bytes.
    /// - Returns: Whether both agree.
    static func agree(
        _ whole: HeadProgress,
        _ bytes: [UInt8],
        step: Int,
        parse: (Span<UInt8>) -> HeadProgress
    ) -> Bool {
        var isRefused = false
        if case .malformed = whole { isRefused = true }
        let bytes = isRefused ? bytes + [0x0A] : bytes
        var progress = HeadProgress.needMore
        var count = 0
        while progress == .needMore, count < bytes.count {
            count = min(count + step, bytes.count)
            progress = parse(bytes.span.extracting(0..<count))
        }
        if case .malformed = progress { return isRefused }
        return whole == progress
    }

    /// The lines of a head by an oracle: split at CR LF, nothing else understood.
    static func lines(of head: ArraySlice<UInt8>) -> [[UInt8]] {
        var lines: [[UInt8]] = [[]]
        var index = head.startIndex
        while index < head.endIndex {
            if head[index] == 0x0D, index + 1 < head.endIndex, head[index + 1] == 0x0A {
                lines.append([])
                index += 2
            } else {
                lines[lines.count - 1].append(head[index])
                index += 1
            }
        }
        return lines
    }

    /// The law every accepted head obeys: each field line is one line of the oracle, cut at its first colon.
    static func fieldViolation(_ fields: FieldTable, in bytes: [UInt8], length: Int) -> String? {
        var lines = self.lines(of: bytes[..<length])
        if lines.first?.isEmpty == true { lines.removeFirst() }
        guard lines.count == fields.count + 3, lines.suffix(2).allSatisfy(\.isEmpty) else {
            return "\(fields.count) fields in \(lines.count) lines"
        }
        for index in 0..<fields.count {
            let line = lines[index + 1]
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return "a field without a colon" }
            guard Array(bytes[fields[index].nameRange]) == Array(line[..<colon]) else { return "another name" }
            var value = line[(colon + 1)...]
            while let first = value.first, first == 0x20 || first == 0x09 { value.removeFirst() }
            while let last = value.last, last == 0x20 || last == 0x09 { value.removeLast() }
            guard Array(bytes[fields[index].value]) == Array(value) else { return "another value" }
            guard !line.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else { return "a control byte" }
        }
        return nil
    }
}
