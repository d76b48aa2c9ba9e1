package import Crypto
package import TransparencyLog

/// The key that encrypts the persons' keys.
package struct MasterKey: Sendable {
    package let key: SymmetricKey

    package init(key: SymmetricKey) { self.key = key }

    /// A fresh key.
    package static func fresh() -> MasterKey { MasterKey(key: SymmetricKey(size: .bits256)) }
}

/// The two secrets of a log: what it signs with, and what persons' keys are encrypted under.
///
///     keys/signer      signs checkpoints; while keys change, the old one on a line below the new one
///     keys/verifier    the public halves: hand them to auditors, they need them from somewhere else than this folder
///     keys/master      encrypts keys/persons/…
///
/// `stile log init` makes them, once.
package struct LogKeys: Sendable {
    package let signer: NoteSignerKey
    /// Keys that still sign beside the new one, so that auditors have time to take that up.
    package let retiring: [NoteSignerKey]
    package let master: MasterKey

    /// All that sign, the present one first.
    package var signers: [NoteSignerKey] { [self.signer] + self.retiring }
    /// The public halves of ``signers``.
    package var verifiers: [NoteVerifierKey] { self.signers.map(\.verifier) }

    package static let signerPath = "keys/signer"
    package static let verifierPath = "keys/verifier"
    package static let masterPath = "keys/master"

    package init(signer: NoteSignerKey, retiring: [NoteSignerKey] = [], master: MasterKey) {
        self.signer = signer
        self.retiring = retiring
        self.master = master
    }

    /// Makes and stores fresh keys for a log of this name.
    ///
    /// - Throws: ``LogFailure/keysExist`` when there are some: with new keys, nothing older could be continued or read.
    package static func create(origin: String, in store: any FileStore) throws(LogFailure) -> LogKeys {
        guard let signer = NoteSignerKey(name: origin) else { throw .malformedOrigin(origin) }
        let keys = LogKeys(signer: signer, master: .fresh())
        let secret = unsafe keys.master.key.withUnsafeBytes { unsafe Array($0) }
        let files: [(String, [UInt8])] = [
            (Self.signerPath, Array((signer.secretText + "\n").utf8)),
            (Self.verifierPath, Array((signer.verifier.description + "\n").utf8)),
            (Self.masterPath, Base64.encoded(secret) + [0x0A]),
        ]
        for (path, _) in files {
            let size = try LogFailure.naming { () throws(FileFailure) in try store.size(path) }
            if size != nil { throw .keysExist(path) }
        }
        for (path, bytes) in files {
            try LogFailure.naming { () throws(FileFailure) in try store.replace(path, with: bytes, durably: true) }
        }
        return keys
    }

    /// Reads the keys.
    ///
    /// - Throws: ``LogFailure/keyMissing(_:)``, ``LogFailure/keyDamaged(_:)``, or ``LogFailure/file(_:)``.
    package static func read(from store: any FileStore) throws(LogFailure) -> LogKeys {
        let signers = try self.lines(Self.signerPath, in: store).map { NoteSignerKey(secretText: $0) }
        guard let signer = signers.first ?? nil, !signers.contains(where: { $0 == nil }) else {
            throw .keyDamaged(Self.signerPath)
        }
        let master = try self.lines(Self.masterPath, in: store)
        guard master.count == 1, let secret = Base64.decoded(master[0].utf8), secret.count == 32 else {
            throw .keyDamaged(Self.masterPath)
        }
        return LogKeys(
            signer: signer,
            retiring: signers.dropFirst().compactMap(\.self),
            master: MasterKey(key: SymmetricKey(data: secret))
        )
    }

    /// Reads the public keys that lie beside the secret ones.
    package static func readVerifiers(from store: any FileStore) throws(LogFailure) -> [NoteVerifierKey] {
        let keys = try self.lines(Self.verifierPath, in: store).map { NoteVerifierKey($0) }
        guard !keys.contains(nil), !keys.isEmpty else { throw .keyDamaged(Self.verifierPath) }
        return keys.compactMap(\.self)
    }

    /// Puts other signing keys in place of those that are stored; the master key stays.
    ///
    /// The secret ones go first: whatever is interrupted between, the log can go on, and its verifier says what is missing.
    func storeSigners(in store: any FileStore) throws(LogFailure) {
        let files = [
            (Self.signerPath, self.signers.map(\.secretText)), (Self.verifierPath, self.verifiers.map(\.description)),
        ]
        for (path, lines) in files {
            let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
            try LogFailure.naming { () throws(FileFailure) in try store.replace(path, with: bytes, durably: true) }
        }
    }

    private static func lines(_ path: String, in store: any FileStore) throws(LogFailure) -> [String] {
        let bytes: [UInt8]
        do {
            bytes = try store.read(path)
        } catch .missing {
            throw .keyMissing(path)
        } catch {
            throw .file(error)
        }
        guard bytes.last == 0x0A else { throw .keyDamaged(path) }
        return bytes.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
