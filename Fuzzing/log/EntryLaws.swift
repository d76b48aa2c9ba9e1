import DecisionLog
import TransparencyLog

/// What holds for every entry that is read, whatever wrote it.
enum EntryLaws {
    static func violation(by input: [UInt8]) -> String? {
        guard let entry = LogEntry(payload: input[...]) else { return nil }
        if entry.payload != input { return "an entry does not read back as it was written" }
        let content = entry.content(keys: nil)
        for format in ExportFormat.allCases {
            guard let line = format.line(content, at: 7) else { continue }
            if line.unicodeScalars.contains(where: { $0.value < 0x20 }) {
                return "\(format) lets a control character out"
            }
        }
        return nil
    }
}

/// What holds for every frame of the journal.
enum FrameLaws {
    private static let segment: UInt64 = 12_345 << 16
    private static let base: UInt64 = 4_096

    static func violation(by input: [UInt8]) -> String? {
        if let broken = self.reading(input) { return broken }
        // A frame that was really written, around the input, is read back, and no byte of it can change unseen.
        guard (1...4_096).contains(input.count) else { return nil }
        var frame = [UInt8](repeating: 0, count: Frame.headBytes) + input
        Frame.fillHead(of: &frame, at: 0, payload: input.count, segment: Self.segment, offset: Self.base, group: 17)
        guard case .whole(let payload, 17, frame.count) = Self.read(frame), Array(payload) == input else {
            return "a frame does not read back as it was written"
        }
        let place = Int(input[0]) % frame.count
        frame[place] ^= input.last.map { $0 | 1 } ?? 1
        if case .whole = Self.read(frame) { return "byte \(place) of a frame can change unseen" }
        return nil
    }

    /// Whatever is taken for a frame ends where it says, and is written again as the same bytes.
    private static func reading(_ input: [UInt8]) -> String? {
        guard case .whole(let payload, let group, let next) = Self.read(input) else { return nil }
        guard next <= input.count, next == Frame.headBytes + payload.count else {
            return "a frame ends beyond its bytes"
        }
        var again = [UInt8](repeating: 0, count: Frame.headBytes) + payload
        Frame.fillHead(
            of: &again,
            at: 0,
            payload: payload.count,
            segment: Self.segment,
            offset: Self.base,
            group: group
        )
        return again.elementsEqual(input[..<next]) ? nil : "a frame has two spellings"
    }

    private static func read(_ bytes: [UInt8]) -> Frame.Finding {
        Frame.read(bytes[...], at: 0, base: Self.base, segment: Self.segment)
    }
}
