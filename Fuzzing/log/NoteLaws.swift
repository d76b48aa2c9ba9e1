import TransparencyLog

/// What holds for every note, checkpoint, key and witness's request: one text has one reading, and one reading one text.
enum NoteLaws {
    static func violation(by input: [UInt8]) -> String? {
        if let key = NoteVerifierKey(String(decoding: input, as: UTF8.self)), Array(key.description.utf8) != input {
            return "a key has two spellings"
        }
        if let lines = try? SignedNote.signatures(input), Array(lines.map(\.line).joined().utf8) != input {
            return "a signature line has two spellings"
        }
        guard let note = try? SignedNote(input) else { return nil }
        if note.bytes != input { return "a note does not read back as it was written" }
        if let checkpoint = try? Checkpoint(text: note.text), checkpoint.text != note.text {
            return "a checkpoint has two spellings"
        }
        for kind in [NoteKeyKind.log, .cosigner] {
            guard let stranger = NoteVerifierKey(name: "a", key: [UInt8](repeating: 9, count: 32), kind: kind) else {
                continue
            }
            if (try? note.verify(with: stranger)) != nil { return "a note is signed by a key that nobody has" }
        }
        return nil
    }

    static func witnessViolation(by input: [UInt8]) -> String? {
        if let request = try? WitnessRequest(input), request.bytes != input {
            return "a request does not read back as it was written"
        }
        guard let log = NoteVerifierKey(name: "stile.plant.example", key: [UInt8](repeating: 9, count: 32)) else {
            return nil
        }
        switch Witness(logs: [log]).judge(input, latest: { _ in nil }) {
        case .good: return "a checkpoint that nobody signed is cosigned"
        case .otherSize, .otherRoot, .inconsistent: return "a checkpoint that nobody signed is answered"
        case .malformed, .notSigned, .unknownLog: return nil
        }
    }
}
