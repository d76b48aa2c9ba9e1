import Crypto
import Synchronization
package import TransparencyLog

/// The keys of all persons in the log, one small file each, encrypted under the log's master key.
///
/// A key is durable before anything is encrypted under it. Destroying one removes its file: what it encrypted stays in
/// place, and every hash over it, but nobody can read it any more. How thoroughly a file system forgets is its own
/// affair; the master key, kept elsewhere and changed, closes that gap.
package final class PersonKeys: Sendable {
    private struct Known {
        var byOwner: [String: PersonKey] = [:]
        var byID: [PersonKey.ID: PersonKey] = [:]
    }

    private let store: any FileStore
    private let master: SymmetricKey
    private let known: Mutex<Known>

    /// The folder of the keys below the log's.
    package static let folder = "keys/persons"

    /// Reads all keys.
    ///
    /// - Throws: ``LogFailure/corrupt(_:offset:)`` for a key that the master key does not open, ``LogFailure/stray(_:)`` for what is
    ///   no key by its name.
    package init(store: any FileStore, master: MasterKey) throws(LogFailure) {
        self.store = store
        self.master = master.key
        var known = Known()
        for name in try LogFailure.naming({ () throws(FileFailure) in try store.list(Self.folder) }) {
            let path = Self.folder + "/" + name
            let bytes = try LogFailure.naming { () throws(FileFailure) in try store.read(path) }
            guard let id = PersonKey.ID(text: name) else { throw .stray(path) }
            guard let key = Self.unwrap(bytes, id: id, master: master.key) else {
                throw .corrupt(path, offset: 0)
            }
            known.byID[id] = key
            known.byOwner[key.owner] = key
        }
        self.known = Mutex(known)
    }

    /// The key of a person, made and stored when there is none yet.
    ///
    /// Blocks for a sync the first time a person is seen; never call it for the first time on an event loop.
    package func key(for owner: String) throws(LogFailure) -> PersonKey {
        if let key = self.existing(for: owner) { return key }
        let fresh = PersonKey.fresh(for: owner)
        let wrapped = Self.wrap(fresh, master: self.master)
        let path = Self.folder + "/" + fresh.id.text
        try LogFailure.naming { () throws(FileFailure) in
            try self.store.replace(path, with: wrapped, durably: true)
        }
        // Two threads may have made one each: the first in the table is used, the other encrypts nothing.
        return self.known.withLock { known in
            known.byID[fresh.id] = fresh
            let kept = known.byOwner[owner] ?? fresh
            known.byOwner[owner] = kept
            return kept
        }
    }

    /// The key of a person, if there is one.
    package func existing(for owner: String) -> PersonKey? { self.known.withLock { $0.byOwner[owner] } }

    /// The key with this id, unless it was destroyed.
    package func key(_ id: PersonKey.ID) -> PersonKey? { self.known.withLock { $0.byID[id] } }

    /// The ids of every key of a person.
    func ids(of owner: String) -> [PersonKey.ID] {
        self.known.withLock { $0.byID.values.filter { $0.owner == owner }.map(\.id) }
    }

    /// Destroys every key of a person: what was encrypted under them can never be read again.
    ///
    /// - Returns: How many keys there were.
    package func destroy(owner: String) throws(LogFailure) -> Int {
        let keys = self.known.withLock { known in
            known.byOwner[owner] = nil
            return known.byID.values.filter { $0.owner == owner }
        }
        for key in keys {
            try LogFailure.naming { () throws(FileFailure) in
                try self.store.remove(Self.folder + "/" + key.id.text, durably: true)
            }
            self.known.withLock { $0.byID[key.id] = nil }
        }
        return keys.count
    }

    private static func wrap(_ key: PersonKey, master: SymmetricKey) -> [UInt8] {
        let secret = unsafe key.secret.withUnsafeBytes { unsafe Array($0) }
        let bound = Array(key.id.text.utf8)
        // A fresh nonce with the cipher's own length: nothing in the arguments can make this fail.
        guard let box = try? AES.GCM.seal(secret + Array(key.owner.utf8), using: master, authenticating: bound),
            let combined = box.combined
        else { preconditionFailure("AES-256-GCM refused to wrap a key") }
        return Array(combined)
    }

    private static func unwrap(_ bytes: [UInt8], id: PersonKey.ID, master: SymmetricKey) -> PersonKey? {
        guard let box = try? AES.GCM.SealedBox(combined: bytes),
            let plain = try? AES.GCM.open(box, using: master, authenticating: Array(id.text.utf8)), plain.count > 32
        else { return nil }
        let owner = String(decoding: plain.dropFirst(32), as: UTF8.self)
        return PersonKey(id: id, owner: owner, secret: SymmetricKey(data: plain.prefix(32)))
    }
}
