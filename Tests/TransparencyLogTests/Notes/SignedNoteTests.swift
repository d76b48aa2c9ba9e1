import Testing
import TransparencyLog

/// The key and the note are the examples of Go's `golang.org/x/mod/sumdb/note`.
@Suite("Signed notes and checkpoints")
struct SignedNoteTests {
    static let secret = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
    static let verifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    static let text = """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        """
    static let signed =
        text
        + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

    @Test("Keys read and write as Go's do")
    func keys() throws {
        let signer = try #require(NoteSignerKey(secretText: Self.secret))
        #expect(signer.verifier.description == Self.verifier)
        #expect(signer.secretText == Self.secret)
        #expect(NoteVerifierKey(Self.verifier) == signer.verifier)
    }

    @Test(
        "A key that is almost right is none",
        arguments: [
            "", "PeterNeumann", "PeterNeumann+c74f20a3",
            "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a3+AhpcxQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        ]
    )
    func malformedKeys(text: String) {
        #expect(NoteVerifierKey(text) == nil)
    }

    @Test("A note is signed as Go signs it, and verified")
    func signing() throws {
        let signer = try #require(NoteSignerKey(secretText: Self.secret))
        var note = try SignedNote(text: Self.text)
        try note.sign(with: signer)
        #expect(String(decoding: note.bytes, as: UTF8.self) == Self.signed)
        let read = try SignedNote(Array(Self.signed.utf8))
        #expect(read == note)
        try read.verify(with: signer.verifier)
    }

    @Test("A changed text, another key and no signature are told apart")
    func refusals() throws {
        let key = try #require(NoteVerifierKey(Self.verifier))
        let changed = try SignedNote(Array(Self.signed.replacing("answer", with: "Answer").utf8))
        #expect(throws: NoteError.badSignature("PeterNeumann")) { try changed.verify(with: key) }
        let stranger = try #require(NoteSignerKey(name: "stranger")).verifier
        let note = try SignedNote(Array(Self.signed.utf8))
        #expect(throws: NoteError.unsigned("stranger")) { try note.verify(with: stranger) }
    }

    @Test("No byte of a signed checkpoint can be changed")
    func everyByte() throws {
        let signer = try #require(NoteSignerKey(name: "stile.plant.example"))
        let checkpoint = Checkpoint(origin: "stile.plant.example", size: 42, root: MerkleHash.leaf([1]))
        let bytes = try checkpoint.signed(with: [signer]).bytes
        #expect(try Checkpoint(verifying: SignedNote(bytes), with: [signer.verifier]) == checkpoint)
        for place in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[place] ^= 1 << bit
                #expect(throws: NoteError.self) {
                    try Checkpoint(verifying: SignedNote(changed), with: [signer.verifier])
                }
            }
        }
    }

    @Test(
        "What is not a checkpoint is not read as one",
        arguments: [
            "", "a\n", "a\n1\n", "a\n01\n\(MerkleHash.empty.base64)\n", "\n1\n\(MerkleHash.empty.base64)\n",
            "a\n1\nAAAA\n",
        ]
    )
    func malformedCheckpoints(text: String) {
        #expect(throws: NoteError.self) { try Checkpoint(text: text) }
    }

    @Test(
        "Base 64 has one spelling for each value",
        arguments: [("", []), ("AA==", [0]), ("AAA=", [0, 0]), ("/+8=", [255, 239])] as [(String, [UInt8])]
    )
    func base64(text: String, bytes: [UInt8]) {
        #expect(Base64.decoded(text.utf8) == bytes)
        #expect(Base64.encoded(bytes) == Array(text.utf8))
    }

    @Test(
        "Other spellings are refused",
        arguments: ["A", "AA", "AA=", "AB==", "AAB=", "A===", "AA==AA==", "A A=", "AAAA="]
    )
    func malformedBase64(text: String) {
        #expect(Base64.decoded(text.utf8) == nil)
    }
}
