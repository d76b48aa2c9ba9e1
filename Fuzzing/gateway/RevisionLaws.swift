import Governance

/// What holds for the files of a revision as a database hands them out, and for what a gateway keeps of its own announcements.
enum RevisionLaws {
    /// Checks one input: the first byte says which of the two the rest is.
    ///
    /// - Returns: The law that it breaks; `nil` when all hold.
    static func violation(by input: [UInt8]) -> String? {
        guard let first = input.first else { return nil }
        let bytes = Array(input.dropFirst())
        return first.isMultiple(of: 2) ? self.stored(bytes) : self.bundle(bytes)
    }

    private static func stored(_ bytes: [UInt8]) -> String? {
        guard let signed = SignedAnnouncement(stored: bytes) else { return nil }
        return signed.stored == bytes ? nil : "what is kept has two spellings"
    }

    private static func bundle(_ bytes: [UInt8]) -> String? {
        guard let bundle = PolicyBundle(bytes, digest: PolicyDigest(of: bytes)) else { return nil }
        guard bundle.bytes == bytes else { return "a revision has two spellings" }
        let steps = bundle.files.flatMap { $0.name.split(separator: "/", omittingEmptySubsequences: false) }
        let isInside = steps.allSatisfy { !["", ".", ".."].contains($0) && !$0.contains("\0") }
        return isInside ? nil : "a file is outside the folder"
    }
}
