import HTTP1

/// The laws of chunked bodies.
enum ChunkLaws {
    private struct Outcome: Equatable {
        var body: [UInt8] = []
        var last = ChunkedBody.Step.needMore
        var used = 0
    }

    /// Checks one input; see ``WireLaws``.
    static func violation(by bytes: [UInt8], step: Int) -> String? {
        let whole = Self.read(bytes, step: max(bytes.count, 1))
        let pieces = Self.read(bytes, step: step)
        guard whole == pieces else { return "whole and in pieces differ" }
        guard whole.last == .end else { return nil }

        var out: [UInt8] = []
        if !whole.body.isEmpty {
            out.writeChunkSize(whole.body.count)
            out.write(whole.body.span)
            out.writeChunkEnd()
        }
        out.writeLastChunk()
        let again = Self.read(out, step: step)
        guard again.last == .end, again.used == out.count else { return "what is passed on is malformed" }
        return again.body == whole.body ? nil : "another body is passed on"
    }

    private static func read(_ bytes: [UInt8], step: Int) -> Outcome {
        var chunks = ChunkedBody()
        var outcome = Outcome()
        var start = 0
        while start < bytes.count, outcome.last == .needMore {
            let piece = bytes.span.extracting(start..<min(start + step, bytes.count))
            var offset = 0
            outcome.last = chunks.next(piece, from: &offset)
            while case .data(let range) = outcome.last {
                outcome.body.write(piece.extracting(range))
                outcome.last = chunks.next(piece, from: &offset)
            }
            start += offset
        }
        // Where exactly a refused body was left does not matter, nor does the part of it that was read.
        if case .malformed = outcome.last { return Outcome(last: outcome.last) }
        outcome.used = start
        return outcome
    }
}
