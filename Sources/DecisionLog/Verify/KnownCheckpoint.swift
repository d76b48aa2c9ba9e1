package import TransparencyLog

/// A checkpoint that somebody kept elsewhere: the log must still begin with what it was over.
///
/// Two logs can agree with themselves in every byte, and only one of them be the one that was there yesterday. What was
/// kept elsewhere tells them apart.
package struct KnownCheckpoint: Hashable, Sendable {
    /// What it states.
    package var checkpoint: Checkpoint
    /// The note that it stands in, whose signature must be the log's; `nil` when its holder vouches for it.
    package var note: SignedNote?
    /// The file it was read from, for people.
    package var path: String

    /// Takes a checkpoint that needs no signature.
    package init(_ checkpoint: Checkpoint, path: String = "the known checkpoint") {
        self.checkpoint = checkpoint
        self.path = path
    }

    /// Reads a checkpoint's file.
    ///
    /// - Throws: ``NoteError`` when it is not one. Its signature is checked with the log.
    package init(_ bytes: [UInt8], path: String) throws(NoteError) {
        let note = try SignedNote(bytes)
        self.checkpoint = try Checkpoint(text: note.text)
        self.note = note
        self.path = path
    }
}
