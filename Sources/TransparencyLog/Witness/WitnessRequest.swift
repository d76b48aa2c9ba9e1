/// What a log asks a witness: to cosign a checkpoint, given that it continues the one that was cosigned last.
///
///     old 5
///     qINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=
///
///     stile.plant.example
///     7
///     Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDc=
///
///     — stile.plant.example …
///
/// Source: C2SP tlog-witness, "add-checkpoint".
public struct WitnessRequest: Hashable, Sendable {
    /// How large the log was when it was cosigned last; 0 when it never was.
    public var old: UInt64
    /// The nodes that lead from there to the checkpoint.
    public var proof: [LogHash]
    /// The checkpoint, signed by the log.
    public var note: SignedNote

    /// More is not sent and not read: no tree is higher.
    static let maximumProof = 63
    /// The longest request that is read: a proof, and a checkpoint with room for a page of signatures.
    public static let maximumBytes = 65_536

    /// Puts a request together.
    public init(old: UInt64, proof: [LogHash], note: SignedNote) {
        self.old = old
        self.proof = proof
        self.note = note
    }

    /// Reads a request's body.
    ///
    /// - Throws: ``NoteError/malformed(_:)`` naming the line that could not be read.
    public init(_ bytes: [UInt8]) throws(NoteError) {
        guard bytes.count <= Self.maximumBytes else { throw .malformed("longer than \(Self.maximumBytes) bytes") }
        var rest = bytes[...]
        guard let head = Self.line(&rest), head.hasPrefix("old "), let old = UInt64(head.dropFirst(4)),
            head == "old \(old)"
        else { throw .malformed("the first line is not `old` and a plain decimal number") }
        var proof: [LogHash] = []
        while true {
            guard let line = Self.line(&rest) else { throw .malformed("no empty line before the checkpoint") }
            if line.isEmpty { break }
            guard proof.count < Self.maximumProof, let hash = LogHash(base64: line) else {
                throw .malformed("line \(proof.count + 2) is not a hash in base 64, or the \(Self.maximumProof + 1)th")
            }
            proof.append(hash)
        }
        self.init(old: old, proof: proof, note: try SignedNote(Array(rest)))
    }

    /// The body as it is sent.
    public var bytes: [UInt8] {
        let lines = ["old \(self.old)"] + self.proof.map(\.base64) + [""]
        return Array(lines.joined(separator: "\n").utf8) + [0x0A] + self.note.bytes
    }

    /// Takes the next line, without its end; `nil` when there is no whole line of ASCII.
    private static func line(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard let end = rest.firstIndex(of: 0x0A), rest[..<end].allSatisfy({ (0x20...0x7E).contains($0) }) else {
            return nil
        }
        let line = String(decoding: rest[..<end], as: UTF8.self)
        rest = rest[(end + 1)...]
        return line
    }
}
