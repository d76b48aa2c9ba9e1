import Crypto

/// The secret under which one person's parts are encrypted; destroying it erases them all at once.
///
/// It has no `description`, and stays inside the log.
package struct PersonKey: Sendable {
    /// Says which key a part needs, without saying whose it is.
    package struct ID: Hashable, Sendable {
        let high: UInt64
        let low: UInt64

        /// Thirty-two hex digits.
        var text: String {
            [self.high, self.low].map { half in
                let digits = String(half, radix: 16)
                return String(repeating: "0", count: 16 - digits.count) + digits
            }.joined()
        }

        init(high: UInt64, low: UInt64) {
            self.high = high
            self.low = low
        }

        init?(text: some StringProtocol) {
            guard text.utf8.count == 32, let high = UInt64(text.prefix(16), radix: 16),
                let low = UInt64(text.dropFirst(16), radix: 16)
            else { return nil }
            self.init(high: high, low: low)
        }
    }

    package let id: ID
    /// Whose key it is: a person's stable id, or `day:2026-11-23` for those whom nobody recognised that day.
    package let owner: String
    let secret: SymmetricKey

    init(id: ID, owner: String, secret: SymmetricKey) {
        self.id = id
        self.owner = owner
        self.secret = secret
    }

    /// A fresh key.
    static func fresh(for owner: String) -> PersonKey {
        var random = SystemRandomNumberGenerator()
        let id = ID(high: random.next(), low: random.next())
        return PersonKey(id: id, owner: owner, secret: SymmetricKey(size: .bits256))
    }
}
