package import TransparencyLog

/// Checkpoints that somebody else has put a time to, beside the tree.
///
///     stamps/2026-11-25T15-17-22Z.checkpoint     the signed checkpoint, as it was then
///     stamps/2026-11-25T15-17-22Z.tsr            the time-stamp authority's answer for exactly these bytes (RFC 3161)
///
/// A stamp shows that the log's beginning was there at that moment: whoever takes the signing key later cannot sign another
/// past that fits it.
package struct Stamps: Sendable {
    /// One stamped checkpoint.
    package struct Stamp: Hashable, Sendable {
        /// Its name, which is the moment when it was asked for, in UTC.
        package let name: String
        /// The checkpoint, as it was signed.
        package let checkpoint: [UInt8]
        /// The authority's answer; `nil` when the file is gone.
        package let response: [UInt8]?
    }

    private static let folder = "stamps"
    private let store: any FileStore

    /// The stamps of the log in a store.
    package init(store: any FileStore) {
        self.store = store
    }

    /// The checkpoint to stamp; `nil` when nothing was sealed yet.
    package func current() throws(LogFailure) -> [UInt8]? {
        guard let note = try SealedFiles(store: self.store).note() else { return nil }
        do {
            return try Checkpoint(text: note.text).size > 0 ? note.bytes : nil
        } catch {
            throw .checkpoint(error)
        }
    }

    /// Keeps a stamp.
    ///
    /// - Parameters:
    ///   - response: The authority's answer.
    ///   - checkpoint: What it is for.
    ///   - now: When it was asked for.
    /// - Throws: ``LogFailure`` when a file cannot be written.
    package func keep(_ response: [UInt8], of checkpoint: [UInt8], at now: Timestamp) throws(LogFailure) {
        let name = Self.name(of: now)
        try LogFailure.naming { () throws(FileFailure) in
            // The checkpoint last: it is what a stamp is found by.
            try self.store.replace("\(Self.folder)/\(name).tsr", with: response, durably: true)
            try self.store.replace("\(Self.folder)/\(name).checkpoint", with: checkpoint, durably: true)
        }
    }

    /// The names of all stamps, oldest first.
    package func names() throws(LogFailure) -> [String] {
        try LogFailure.naming { () throws(FileFailure) in
            try self.store.list(Self.folder).filter { $0.hasSuffix(".checkpoint") }.map { String($0.dropLast(11)) }
                .sorted()
        }
    }

    /// A stamp by its name.
    package func stamp(_ name: String) throws(LogFailure) -> Stamp {
        try LogFailure.naming { () throws(FileFailure) in
            let checkpoint = try self.store.read("\(Self.folder)/\(name).checkpoint")
            let answer = "\(Self.folder)/\(name).tsr"
            let response = try self.store.size(answer) == nil ? nil : self.store.read(answer)
            return Stamp(name: name, checkpoint: checkpoint, response: response)
        }
    }

    /// The checkpoint of a stamp, if it is one of this log: well signed, and the log begins with it.
    ///
    /// - Parameters:
    ///   - stamp: The stamp. Untrusted.
    ///   - current: The log's newest checkpoint, already verified against its entries.
    ///   - keys: The log's public keys.
    /// - Returns: The checkpoint, or what is wrong with it.
    package func check(
        _ stamp: Stamp,
        against current: Checkpoint,
        keys: [NoteVerifierKey]
    ) -> Result<Checkpoint, StampProblem> {
        let checkpoint: Checkpoint
        do {
            checkpoint = try Checkpoint(verifying: SignedNote(stamp.checkpoint), with: keys)
        } catch {
            return .failure(.unsigned("\(error)"))
        }
        guard checkpoint.size <= current.size else { return .failure(.longer(checkpoint.size)) }
        let files = SealedFiles(store: self.store)
        let prover = Prover(size: current.size) { (tile) throws(LogFailure) in try files.tile(tile) }
        do throws(LogFailure) {
            let proof = try prover.consistency(from: checkpoint.size)
            guard proof.verifies(old: checkpoint.root, new: current.root) else {
                return .failure(.otherPast(checkpoint.size))
            }
        } catch {
            return .failure(.unreadable("\(error)"))
        }
        return .success(checkpoint)
    }

    private static func name(of time: Timestamp) -> String {
        let text = time.description.prefix(19).map { $0 == ":" ? "-" : $0 }
        return String(text) + "Z"
    }
}

/// What is wrong with a stamped checkpoint.
package enum StampProblem: Error, Hashable, Sendable {
    /// It is not signed by the log.
    case unsigned(String)
    /// It speaks of more entries than the log has: the newest were cut.
    case longer(UInt64)
    /// The log's first entries are others than those that were stamped.
    case otherPast(UInt64)
    /// The tree cannot be read.
    case unreadable(String)
}

extension StampProblem: CustomStringConvertible {
    /// One line for people.
    package var description: String {
        switch self {
        case .unsigned(let reason): "the stamped checkpoint is not the log's: \(reason)"
        case .longer(let size): "a checkpoint over \(size) entries was stamped: the newest were cut"
        case .otherPast(let size): "the first \(size) entries are not those that were stamped"
        case .unreadable(let reason): "the stamped checkpoint cannot be compared: \(reason)"
        }
    }
}
