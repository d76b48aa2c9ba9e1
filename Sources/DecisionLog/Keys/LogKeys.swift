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
///     keys/signer      signs checkpoints
///     keys/verifier    its public half: hand this to auditors, they need it from somewhere else than this folder
///     keys/master      encrypts keys/persons/…
///
/// `stile log init` makes them, once.
package struct LogKeys: Sendable {
    package let signer: NoteSignerKey
    package let master: MasterKey

    package static let signerPath = "keys/signer"
    package static let verifierPath = "keys/verifier"
    package static let masterPath = "keys/master"

    package init(signer: NoteSignerKey, master: MasterKey) {
        self.signer = signer
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
    package static func read(from store: any FileStore) throws(LogFailure) -> LogKeys {
        guard let signer = NoteSignerKey(secretText: try self.line(Self.signerPath, in: store)) else {
            throw .corrupt(Self.signerPath, offset: 0)
        }
        guard let secret = Base64.decoded(try self.line(Self.masterPath, in: store).utf8), secret.count == 32 else {
            throw .corrupt(Self.masterPath, offset: 0)
        }
        return LogKeys(signer: signer, master: MasterKey(key: SymmetricKey(data: secret)))
    }

    /// Reads the public key that lies beside the secret one.
    package static func readVerifier(from store: any FileStore) throws(LogFailure) -> NoteVerifierKey {
        guard let key = NoteVerifierKey(try self.line(Self.verifierPath, in: store)) else {
            throw .corrupt(Self.verifierPath, offset: 0)
        }
        return key
    }

    private static func line(_ path: String, in store: any FileStore) throws(LogFailure) -> String {
        let bytes = try LogFailure.naming { () throws(FileFailure) in try store.read(path) }
        guard bytes.last == 0x0A else { throw .corrupt(path, offset: UInt64(bytes.count)) }
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }
}
