/// A token as it is stored: everything but the token.
package struct TokenRecord: Hashable, Sendable, Identifiable {
    /// What it is found by.
    package let hash: TokenHash
    /// Whose it is, by the stable id of their directory entry.
    package let owner: String
    /// The owner's login name when it was made, for lists.
    package let ownerName: String
    /// What the owner calls it.
    package let name: String
    /// What it is good for.
    package let scope: TokenScope
    /// When it was made, in seconds since 1970, UTC.
    package let created: Int64
    /// When it ends, in seconds since 1970, UTC.
    package let expires: Int64
    /// Proof that it was made by a gateway that holds the key, and not by somebody who can write to the database.
    package let seal: [UInt8]
    /// When it was taken back, and by whom; `nil` while it was not.
    package var revocation: Revocation?
    /// The last hour in which it was used, in seconds since 1970, UTC; `nil` when never.
    package var lastUsed: Int64?

    /// Taking a token back.
    package struct Revocation: Hashable, Sendable {
        /// When, in seconds since 1970, UTC.
        package let time: Int64
        /// By whom, as a stable id of the directory.
        package let by: String

        package init(time: Int64, by: String) {
            self.time = time
            self.by = by
        }
    }

    package init(
        hash: TokenHash,
        owner: String,
        ownerName: String,
        name: String,
        scope: TokenScope,
        created: Int64,
        expires: Int64,
        seal: [UInt8],
        revocation: Revocation? = nil,
        lastUsed: Int64? = nil
    ) {
        self.hash = hash
        self.owner = owner
        self.ownerName = ownerName
        self.name = name
        self.scope = scope
        self.created = created
        self.expires = expires
        self.seal = seal
        self.revocation = revocation
        self.lastUsed = lastUsed
    }

    /// How people call it.
    package var id: TokenID { self.hash.id }

    /// Whether it opens anything at a moment.
    package func isGood(at now: Int64) -> Bool { self.revocation == nil && now < self.expires }
}
