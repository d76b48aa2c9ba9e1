import Crypto

/// What a key's signatures say, and how they are made.
public enum NoteKeyKind: UInt8, Hashable, Sendable {
    /// Ed25519 over the note's text: a log that states its own size and root.
    case log = 1
    /// Ed25519 over a moment and the note's text: a witness that saw the log grow consistently up to here.
    case cosigner = 4
}

/// The name and public key that a log's checkpoints, or a witness's cosignatures, are checked with.
///
///     plant.example/stile+0f2c6a1b+AXn…      name + key id + kind and key in base 64
///
/// Source: C2SP signed-note, "Verifier keys"; C2SP tlog-cosignature for the witness's kind; Ed25519 is RFC 8032.
public struct NoteVerifierKey: Hashable, Sendable, CustomStringConvertible {
    /// The name of the key's owner, for a log its origin.
    public let name: String
    /// Four bytes that tell keys of one name apart.
    public let id: UInt32
    /// The Ed25519 public key.
    public let key: [UInt8]
    /// Whose key it is.
    public let kind: NoteKeyKind

    /// Names a public key; `nil` if the name is empty or has a space, a `+` or a control character in it.
    public init?(name: String, key: [UInt8], kind: NoteKeyKind = .log) {
        guard Self.isName(name), key.count == 32 else { return nil }
        self.name = name
        self.key = key
        self.kind = kind
        let digest = SHA256.hash(data: Array(name.utf8) + [0x0A, kind.rawValue] + key)
        self.id = digest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads a written key; `nil` unless it is exactly one, with the right id.
    public init?(_ text: String) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64.decoded(parts[2].utf8),
            let kind = bytes.first.flatMap(NoteKeyKind.init(rawValue:))
        else { return nil }
        self.init(name: String(parts[0]), key: Array(bytes.dropFirst()), kind: kind)
        guard parts[1] == Self.hex(self.id) else { return nil }
    }

    /// The key as it is handed to whoever checks the log.
    public var description: String {
        let key = String(decoding: Base64.encoded([self.kind.rawValue] + self.key), as: UTF8.self)
        return "\(self.name)+\(Self.hex(self.id))+\(key)"
    }

    /// A file name for what belongs to the key: its id, and its name as far as that is plain.
    package var fileName: String {
        let plain = self.name.unicodeScalars.map { scalar in
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                || scalar == "." || scalar == "-" ? Character(scalar) : "_"
        }
        return "\(Self.hex(self.id))-\(String(plain.prefix(64)))"
    }

    /// Whether `signature` is this key's over `text`.
    package func isValid(_ signature: [UInt8], over text: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: self.key) else { return false }
        switch self.kind {
        case .log: return key.isValidSignature(signature, for: text)
        case .cosigner:
            guard let cosignature = Cosignature(signature) else { return false }
            return key.isValidSignature(
                cosignature.signature,
                for: Cosignature.message(over: text, at: cosignature.seconds)
            )
        }
    }

    static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && !text.unicodeScalars.contains { $0 == "+" || $0.properties.isWhitespace || $0.value < 0x20 }
    }

    static func hex(_ id: UInt32) -> String {
        let digits = String(id, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

/// The private key that signs a log's checkpoints, or a witness's cosignatures.
///
///     PRIVATE+KEY+plant.example/stile+0f2c6a1b+AXn…
///
/// The text form is that of Go's `golang.org/x/mod/sumdb/note`, so that its tools can read it. It has no `description`:
/// a secret is written only where ``secretText`` is asked for.
public struct NoteSignerKey: Sendable {
    /// The public half.
    public let verifier: NoteVerifierKey
    private let key: Curve25519.Signing.PrivateKey

    /// A fresh key; `nil` if the name cannot be one.
    public init?(name: String, kind: NoteKeyKind = .log) {
        self.init(name: name, key: Curve25519.Signing.PrivateKey(), kind: kind)
    }

    /// Reads a written key; `nil` unless it is exactly one.
    public init?(secretText: String) {
        let parts = secretText.split(separator: "+", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == "PRIVATE", parts[1] == "KEY", let bytes = Base64.decoded(parts[4].utf8),
            let kind = bytes.first.flatMap(NoteKeyKind.init(rawValue:)),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: Array(bytes.dropFirst()))
        else { return nil }
        self.init(name: String(parts[2]), key: key, kind: kind)
        guard parts[3] == NoteVerifierKey.hex(self.verifier.id) else { return nil }
    }

    private init?(name: String, key: Curve25519.Signing.PrivateKey, kind: NoteKeyKind) {
        guard let verifier = NoteVerifierKey(name: name, key: Array(key.publicKey.rawRepresentation), kind: kind) else {
            return nil
        }
        self.verifier = verifier
        self.key = key
    }

    /// The key with its secret, to be kept in a file that only its owner reads.
    public var secretText: String {
        let key = String(
            decoding: Base64.encoded([self.verifier.kind.rawValue] + self.key.rawRepresentation),
            as: UTF8.self
        )
        return "PRIVATE+KEY+\(self.verifier.name)+\(NoteVerifierKey.hex(self.verifier.id))+\(key)"
    }

    /// A signature over whatever text; its first line must say what it is, so that it is taken for nothing else.
    package func signature(over text: [UInt8]) throws -> [UInt8] { Array(try self.key.signature(for: text)) }
}
