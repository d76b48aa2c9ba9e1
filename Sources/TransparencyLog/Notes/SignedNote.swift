/// A text and the signatures under it, as plain text that people can read and mail.
///
///     stile.plant.example
///     3
///     qINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=
///
///     — stile.plant.example Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
///
/// Source: C2SP signed-note.
public struct SignedNote: Hashable, Sendable {
    /// One line under the text.
    public struct Signature: Hashable, Sendable {
        /// Who signed.
        public var name: String
        /// Which of the signer's keys.
        public var keyID: UInt32
        /// The signature itself.
        public var bytes: [UInt8]

        /// The line with its end.
        public var line: String {
            let id = stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self.keyID >> UInt32($0)) }
            return "— \(self.name) \(String(decoding: Base64.encoded(id + self.bytes), as: UTF8.self))\n"
        }
    }

    /// What is signed; always ends with a newline.
    public let text: String
    /// The signatures, unverified.
    public private(set) var signatures: [Signature]

    /// More than this is not read: a note is a page, not a store.
    static let maximumBytes = 1_000_000
    static let maximumSignatures = 100

    /// A text with nothing under it yet.
    ///
    /// - Throws: ``NoteError/malformed(_:)`` if the text cannot be the text of a note.
    public init(text: String) throws(NoteError) {
        guard text.hasSuffix("\n") else { throw .malformed("the text does not end with a newline") }
        guard Self.isPlain(text) else { throw .malformed("the text holds a control character") }
        self.text = text
        self.signatures = []
    }

    /// Reads a note, without verifying it.
    ///
    /// - Throws: ``NoteError/malformed(_:)`` naming the part that could not be read.
    public init(_ bytes: [UInt8]) throws(NoteError) {
        guard bytes.count <= Self.maximumBytes, let whole = String(validating: bytes, as: UTF8.self) else {
            throw .malformed("not UTF-8, or longer than \(Self.maximumBytes) bytes")
        }
        // The last blank line divides: the text may have blank lines of its own.
        let lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.last == "", let blank = lines.dropLast().lastIndex(of: ""), blank > 0 else {
            throw .malformed("no blank line before the signatures")
        }
        try self.init(text: lines[..<blank].joined(separator: "\n") + "\n")
        let under = lines[(blank + 1)...].dropLast()
        guard (1...Self.maximumSignatures).contains(under.count) else { throw .malformed("no signatures, or too many") }
        for line in under { self.signatures.append(try Self.signature(line)) }
    }

    /// Reads signature lines alone, as a witness answers them.
    ///
    /// - Throws: ``NoteError/malformed(_:)`` unless every line is one.
    public static func signatures(_ bytes: [UInt8]) throws(NoteError) -> [Signature] {
        guard bytes.count <= Self.maximumBytes, let text = String(validating: bytes, as: UTF8.self),
            text.hasSuffix("\n")
        else { throw .malformed("signature lines are UTF-8, and end with a newline") }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard (1...Self.maximumSignatures).contains(lines.count) else { throw .malformed("no signatures, or too many") }
        var signatures: [Signature] = []
        for line in lines { signatures.append(try Self.signature(line)) }
        return signatures
    }

    /// Signs the text with one more key.
    ///
    /// - Throws: ``NoteError/cannotSign`` if the key does not work or is a witness's.
    public mutating func sign(with key: NoteSignerKey) throws(NoteError) {
        guard key.verifier.kind == .log, let bytes = try? key.signature(over: Array(self.text.utf8)) else {
            throw .cannotSign
        }
        self.signatures.append(Signature(name: key.verifier.name, keyID: key.verifier.id, bytes: bytes))
    }

    /// Puts one more signature under the text, unverified.
    public mutating func add(_ signature: Signature) { self.signatures.append(signature) }

    /// Whether the text carries a good signature of this key.
    ///
    /// Signatures by others say nothing here; a bad one under this key's name and id makes the note bad, however many
    /// good ones stand beside it.
    ///
    /// - Throws: ``NoteError/unsigned(_:)`` or ``NoteError/badSignature(_:)``.
    public func verify(with key: NoteVerifierKey) throws(NoteError) {
        let own = self.signatures.filter { $0.name == key.name && $0.keyID == key.id }
        guard !own.isEmpty else { throw .unsigned(key.name) }
        for signature in own where !key.isValid(signature.bytes, over: Array(self.text.utf8)) {
            throw .badSignature(key.name)
        }
    }

    /// The note as it is stored and sent.
    public var bytes: [UInt8] { Array((self.text + "\n" + self.signatures.map(\.line).joined()).utf8) }

    private static func signature(_ line: Substring) throws(NoteError) -> Signature {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "—", NoteVerifierKey.isName(parts[1]),
            let bytes = Base64.decoded(parts[2].utf8), bytes.count > 4
        else { throw .malformed("a signature line is not `— name base64`") }
        let id = bytes[..<4].reduce(0) { $0 << 8 | UInt32($1) }
        return Signature(name: String(parts[1]), keyID: id, bytes: Array(bytes[4...]))
    }

    private static func isPlain(_ text: String) -> Bool {
        !text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" }
    }
}

/// Why a note is not what it should be.
public enum NoteError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It cannot be read.
    case malformed(String)
    /// It has no signature of the key of this name.
    case unsigned(String)
    /// The signature under this name is not the key's.
    case badSignature(String)
    /// The signing key does not work.
    case cannotSign

    /// One line for people.
    public var description: String {
        switch self {
        case .malformed(let reason): "malformed note: \(reason)"
        case .unsigned(let name): "no signature of `\(name)` with the expected key"
        case .badSignature(let name): "the signature of `\(name)` does not verify"
        case .cannotSign: "the signing key does not work"
        }
    }
}
