package import TransparencyLog

/// Where one gateway keeps revisions and which of them is in force, so that it starts with the last one that was accepted, whether
/// or not a database is there.
///
///     policies/<digest>     the files of a revision, as hashed
///     policies/in-force     the publication that put the revision in force, and its SHA-256 on a last line
package struct PolicyShelf: Sendable {
    private let store: any FileStore
    private static let current = "policies/in-force"

    /// - Parameter store: The gateway's state folder.
    package init(_ store: any FileStore) {
        self.store = store
    }

    /// Keeps the files of a revision, durably.
    package func keep(_ bundle: PolicyBundle) throws(GovernanceFailure) {
        guard self.bundle(bundle.digest) == nil else { return }
        try self.naming { () throws(FileFailure) in
            try self.store.replace("policies/\(bundle.digest)", with: bundle.bytes, durably: true)
        }
    }

    /// The files of a revision; `nil` when they are not here, or are not those that were kept.
    package func bundle(_ digest: PolicyDigest) -> PolicyBundle? {
        (try? self.store.read("policies/\(digest)")).flatMap { PolicyBundle($0, digest: digest) }
    }

    /// Removes the files of all other revisions.
    package func prune(keeping needed: Set<PolicyDigest>) throws(GovernanceFailure) {
        try self.naming { () throws(FileFailure) in
            for name in try self.store.list("policies") {
                guard let digest = PolicyDigest(name), !needed.contains(digest) else { continue }
                try self.store.remove("policies/\(name)", durably: false)
            }
        }
    }

    /// Writes down which revision is in force.
    package func stand(_ publication: PolicyPublication) throws(GovernanceFailure) {
        try self.naming { () throws(FileFailure) in
            let payload = publication.payload
            let bytes = payload + Array("\n\(PolicyDigest(of: payload))".utf8)
            try self.store.replace(Self.current, with: bytes, durably: true)
        }
    }

    /// The revision that was in force last; `nil` when none was ever published here.
    ///
    /// - Throws: ``GovernanceFailure/unreadable(_:)`` when what is kept is not what was written: starting with anything else would put
    ///   rules in force that nobody approved.
    package func standing() throws(GovernanceFailure) -> (publication: PolicyPublication, bundle: PolicyBundle)? {
        let bytes: [UInt8]
        do {
            bytes = try self.store.read(Self.current)
        } catch .missing {
            return nil
        } catch {
            throw .unavailable(error.description)
        }
        let payload = Array(bytes.dropLast(65))
        guard bytes.dropFirst(payload.count).elementsEqual("\n\(PolicyDigest(of: payload))".utf8),
            let publication = PolicyPublication(payload: payload)
        else {
            throw .unreadable(
                "`\(Self.current)` is damaged; restore it from a backup, or remove it to begin with the folder"
            )
        }
        guard let bundle = self.bundle(publication.digest) else {
            throw .unreadable(
                "`policies/\(publication.digest)` is missing or damaged; take the file from another gateway's state folder"
            )
        }
        return (publication, bundle)
    }

    private func naming(_ body: () throws(FileFailure) -> Void) throws(GovernanceFailure) {
        do {
            try body()
        } catch {
            throw .unavailable(error.description)
        }
    }
}

/// Where several gateways find the files of revisions: by hash, so that it need not be trusted.
package protocol PolicyBundleStore: Sendable {
    /// Keeps bytes under a hash; what was there is replaced, since it could only be wrong.
    func keep(_ bytes: [UInt8], digest: PolicyDigest) async throws(GovernanceFailure)

    /// Removes what is under other hashes than these, and was last kept more than so many seconds ago.
    func prune(keeping needed: Set<PolicyDigest>, olderThan seconds: Int64) async throws(GovernanceFailure)

    /// The bytes under a hash, whatever they are; `nil` when there are none.
    func bytes(of digest: PolicyDigest) async throws(GovernanceFailure) -> [UInt8]?
}
