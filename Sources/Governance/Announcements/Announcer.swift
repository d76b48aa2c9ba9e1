import Synchronization
package import TransparencyLog

/// Signs and counts what this gateway announces, and keeps it on disk: the database that carries it can lose none of it for good.
///
///     announced/<key id>/key              the public key, which outlives the secret one
///     announced/<key id>/<sequence>       an announcement: the signature in base 64 on a line, then the signed text
///
/// A gateway that stands alone has no other place for what it announced.
package final class Announcer: Sendable {
    /// What is signed with.
    package let key: NoteSignerKey
    private let store: any FileStore
    private let folder: String
    private let said: Mutex<[SignedAnnouncement]>

    private static let root = "announced"

    /// Reads what was announced under a key so far.
    ///
    /// - Parameters:
    ///   - key: The log's signing key.
    ///   - store: The gateway's state folder.
    /// - Throws: ``GovernanceFailure/unreadable(_:)`` when a file is not what was written.
    package init(_ key: NoteSignerKey, in store: any FileStore) throws(GovernanceFailure) {
        self.key = key
        self.store = store
        self.folder = Self.folder(of: key.verifier)
        self.said = Mutex(try Self.read(key.verifier, in: store))
        do {
            if try store.size("\(self.folder)/key") == nil {
                try store.replace("\(self.folder)/key", with: Array("\(key.verifier)\n".utf8), durably: true)
            }
        } catch {
            throw .unavailable("\(error)")
        }
    }

    /// Everything that this gateway announced under other keys than those of `present`, which have read theirs.
    package static func history(
        in store: any FileStore,
        besides present: [Announcer] = []
    ) throws(GovernanceFailure) -> [SignedAnnouncement] {
        var history: [SignedAnnouncement] = []
        for key in try self.keys(in: store) where !present.contains(where: { $0.name == key.announcerName }) {
            history += try self.read(key, in: store)
        }
        return history
    }

    private static func folder(of key: NoteVerifierKey) -> String {
        "\(self.root)/\(key.announcerName.split(separator: "+").last ?? "")"
    }

    private static func read(
        _ key: NoteVerifierKey,
        in store: any FileStore
    ) throws(GovernanceFailure) -> [SignedAnnouncement] {
        let folder = self.folder(of: key)
        var said: [SignedAnnouncement] = []
        do {
            let numbers = try store.list(folder).compactMap { UInt64($0) }.sorted()
            for (expected, number) in zip(UInt64(1)..., numbers) {
                guard number == expected,
                    let signed = SignedAnnouncement(stored: try store.read(self.path(number, in: folder))),
                    signed.sequence == number, signed.isSigned(with: key)
                else {
                    let path = self.path(expected, in: folder)
                    throw GovernanceFailure.unreadable(
                        "`\(path)` is damaged or missing; restore the folder `\(self.root)` from a backup"
                    )
                }
                said.append(signed)
            }
        } catch let failure as GovernanceFailure {
            throw failure
        } catch {
            throw .unavailable("\(error)")
        }
        return said
    }

    /// The public keys that this gateway ever announced under.
    package static func keys(in store: any FileStore) throws(GovernanceFailure) -> [NoteVerifierKey] {
        do {
            return try store.list(self.root).sorted().compactMap { id in
                let text = String(decoding: try store.read("\(self.root)/\(id)/key"), as: UTF8.self)
                return NoteVerifierKey(text.hasSuffix("\n") ? String(text.dropLast()) : text)
            }
        } catch {
            throw .unavailable("\(error)")
        }
    }

    /// What the gateway is called among those that announce.
    package var name: String { self.key.verifier.announcerName }

    /// How many announcements there are.
    package var sequence: UInt64 { UInt64(self.said.withLock { $0.count }) }

    /// Every announcement, in order.
    package var all: [SignedAnnouncement] { self.said.withLock { $0 } }

    /// The announcement of this number; `nil` when there is none yet.
    package func announcement(_ sequence: UInt64) -> SignedAnnouncement? {
        self.said.withLock { said in
            guard sequence >= 1, sequence <= UInt64(said.count) else { return nil }
            return said[Int(sequence) - 1]
        }
    }

    /// Signs the next announcement; it counts once it is kept.
    package func next(_ announcement: Announcement, time: Int64) throws -> SignedAnnouncement {
        try SignedAnnouncement(announcement, sequence: self.sequence + 1, time: time, by: self.key)
    }

    /// Keeps the next announcement, durably.
    ///
    /// - Throws: ``GovernanceFailure``, also when it is not the next.
    package func keep(_ signed: SignedAnnouncement) throws(GovernanceFailure) {
        try self.said.withLock { said throws(GovernanceFailure) in
            guard signed.sequence == UInt64(said.count) + 1, signed.isSigned(with: self.key.verifier) else {
                throw .unreadable("announcement \(signed.sequence) is not the next of this gateway")
            }
            do {
                try self.store.replace(
                    Self.path(signed.sequence, in: self.folder),
                    with: signed.stored,
                    durably: true
                )
            } catch {
                throw .unavailable("\(error)")
            }
            said.append(signed)
        }
    }

    /// Signs an announcement and keeps it: all there is to do for a gateway that stands alone.
    package func announce(_ announcement: Announcement, time: Int64) throws(GovernanceFailure) {
        let signed: SignedAnnouncement
        do {
            signed = try self.next(announcement, time: time)
        } catch {
            throw .unavailable("\(error)")
        }
        try self.keep(signed)
    }

    private static func path(_ number: UInt64, in folder: String) -> String {
        let digits = String(number)
        return "\(folder)/" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }
}

extension SignedAnnouncement {
    /// As it is kept: the signature, then what was signed.
    package var stored: [UInt8] { Base64.encoded(self.signature) + [0x0A] + self.text }

    /// Reads what was kept, if it is in its form.
    ///
    /// The signature is still to be verified.
    package init?(stored: [UInt8]) {
        // signature, title, signer, sequence, time, kind, length, payload
        let parts = stored.split(separator: 0x0A, maxSplits: 7, omittingEmptySubsequences: false)
        guard parts.count == 8, let signature = Base64.decoded(parts[0]) else { return nil }
        let texts = parts[2...5].map { String(decoding: $0, as: UTF8.self) }
        guard let sequence = UInt64(texts[1]), let time = Int64(texts[2]) else { return nil }
        self.init(
            signer: texts[0],
            sequence: sequence,
            time: time,
            kind: texts[3],
            payload: Array(parts[7]),
            signature: Array(signature)
        )
        guard self.stored == stored else { return nil }
    }
}
