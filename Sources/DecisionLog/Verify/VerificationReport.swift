package import TransparencyLog

/// What an offline check of a log's files found.
package struct VerificationReport: Hashable, Sendable {
    /// One thing that is not as it was written.
    package struct Problem: Hashable, Sendable, CustomStringConvertible {
        /// The place in the log of the first entry concerned; `nil` when the files do not say.
        package var entry: UInt64?
        /// The decision's id, as far as it can still be read.
        package var id: String?
        package var path: String
        package var what: String

        package var description: String {
            let place = self.entry.map { "entry \($0)" + (self.id.map { " (\($0))" } ?? "") + ": " } ?? ""
            return "\(place)\(self.what), in `\(self.path)`"
        }
    }

    /// A key of the log, and the entry that announced it; `nil` for one that was trusted from the start.
    package struct Key: Hashable, Sendable {
        package var key: NoteVerifierKey
        package var announcedAt: UInt64?
    }

    /// What a witness vouches for.
    package struct Witnessed: Hashable, Sendable {
        /// The witness's name.
        package var name: String
        /// How many entries it has cosigned.
        package var size: UInt64
        /// When, in seconds since 1970.
        package var seconds: UInt64
    }

    /// The keys that the log has signed with, as far as they follow from those that are trusted.
    package var keys: [Key] = []
    /// What each witness vouches for.
    package var witnessed: [Witnessed] = []
    /// Entries of a version that this code does not know: their bytes are in the tree, their parts are not checked.
    package var unknown: UInt64 = 0
    /// What was signed last.
    package var checkpoint: Checkpoint?
    /// Entries under the checkpoint that were checked.
    package var sealed: UInt64 = 0
    /// Entries in the journal that are not signed yet: whole, but nothing protects them.
    package var unsealed: UInt64 = 0
    /// Parts that were checked against their commitments.
    package var parts: UInt64 = 0
    /// Parts that were committed to and are not there.
    package var missingParts: UInt64 = 0
    /// What is wrong, first entry first; at most ``maximumProblems``.
    package var problems: [Problem] = []

    package static let maximumProblems = 100

    /// Whether everything is as it was written.
    package var isIntact: Bool { self.problems.isEmpty }

    package init() {}

    mutating func add(_ entry: UInt64?, id: String? = nil, _ path: String, _ what: String) {
        if self.problems.count < Self.maximumProblems {
            self.problems.append(Problem(entry: entry, id: id, path: path, what: what))
        }
    }
}
