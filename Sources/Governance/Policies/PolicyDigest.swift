import Crypto

/// What a revision of the policies is known by: the SHA-256 of its files, as 64 hex digits.
///
/// Approvals are about this whole hash; records and people call the revision by its first half.
package struct PolicyDigest: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The digits.
    package let description: String

    /// Hashes the files as ``PolicyBundle/bytes`` writes them.
    package init(of bytes: [UInt8]) {
        self.description = SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Reads the digits; `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 64, Self.isHex(text) else { return nil }
        self.description = String(text)
    }

    /// The name of the revision in records: the first 32 digits.
    package var revision: String { String(self.description.prefix(32)) }

    /// Whether people may mean this one: the whole hash, or the revision's name.
    package func isCalled(_ text: String) -> Bool { text == self.description || text == self.revision }

    /// Whether a text is a digest or a revision's name.
    package static func isName(_ text: some StringProtocol) -> Bool {
        (text.utf8.count == 64 || text.utf8.count == 32) && Self.isHex(text)
    }

    package static func < (one: PolicyDigest, other: PolicyDigest) -> Bool { one.description < other.description }

    private static func isHex(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
