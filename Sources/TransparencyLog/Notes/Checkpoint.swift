/// What a log says of itself at a moment: so many entries, with this root.
///
/// Source: C2SP tlog-checkpoint.
public struct Checkpoint: Hashable, Sendable {
    /// The log's name, unique in the world, for example `stile.plant.example`.
    public var origin: String
    /// How many entries the log has.
    public var size: UInt64
    /// The root over all of them.
    public var root: LogHash
    /// Further lines, none of them empty.
    public var extensions: [String]

    /// States size and root.
    public init(origin: String, size: UInt64, root: LogHash, extensions: [String] = []) {
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// The text that is signed.
    public var text: String {
        ([self.origin, String(self.size), self.root.base64] + self.extensions).joined(separator: "\n") + "\n"
    }

    /// Reads the text of a note.
    ///
    /// - Throws: ``NoteError/malformed(_:)`` naming the line that could not be read.
    public init(text: String) throws(NoteError) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, lines.last == "", !lines[0].isEmpty else {
            throw .malformed("a checkpoint has an origin, a size and a root, each on its line")
        }
        guard let size = UInt64(lines[1]), String(size) == lines[1] else {
            throw .malformed("the size `\(lines[1])` is not a plain decimal number")
        }
        guard let root = LogHash(base64: lines[2]) else {
            throw .malformed("the root `\(lines[2])` is not 32 bytes in base 64")
        }
        let extensions = lines[3...].dropLast().map(String.init)
        guard !extensions.contains("") else { throw .malformed("an extension line is empty") }
        self.init(origin: String(lines[0]), size: size, root: root, extensions: extensions)
    }

    /// The checkpoint as a signed note.
    ///
    /// - Throws: ``NoteError`` if it cannot be signed.
    public func signed(with keys: [NoteSignerKey]) throws(NoteError) -> SignedNote {
        var note = try SignedNote(text: self.text)
        for key in keys { try note.sign(with: key) }
        return note
    }

    /// Reads a checkpoint and believes it only with a good signature of one of `keys` for its own origin.
    ///
    /// - Throws: ``NoteError`` saying what is wrong with it.
    public init(verifying note: SignedNote, with keys: [NoteVerifierKey]) throws(NoteError) {
        try self.init(text: note.text)
        let origin = self.origin
        let own = keys.filter { $0.name == origin && $0.kind == .log }
        var failure = NoteError.unsigned(origin)
        for key in own {
            do {
                try note.verify(with: key)
                return
            } catch .badSignature(let name) {
                throw .badSignature(name)
            } catch {
                failure = error
            }
        }
        throw failure
    }
}
