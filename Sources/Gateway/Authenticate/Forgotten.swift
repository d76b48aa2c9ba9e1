import Directory
import Governance

/// Of whom something has changed, and after how many changes: what was asked about them before says nothing any more.
///
/// An answer of the directory is on its way for a while. Whoever waits for one remembers the ``mark`` of the moment when they asked,
/// and finds out here whether the answer is about somebody who has changed since.
struct Forgotten {
    /// What a change is about.
    enum Subject: Hashable {
        case person(PersonID)
        case token(TokenID)
        case credential(CredentialDigest)
    }

    /// How many changes there were.
    private(set) var mark: UInt64 = 0
    private var everybody: UInt64 = 0
    private var everyToken: UInt64 = 0
    private var marks: [Subject: UInt64] = [:]

    /// How many subjects are told apart; beyond that the change counts as one of everybody, which costs a question each.
    private static let capacity = 10_000

    /// Notes a change; `nil` is one that may be about everybody.
    mutating func note(_ subject: Subject?) {
        self.mark &+= 1
        guard let subject, self.marks.count < Self.capacity else {
            self.everybody = self.mark
            self.marks.removeAll()
            return
        }
        self.marks[subject] = self.mark
    }

    /// Notes a change that may be about every token.
    mutating func noteTokens() {
        self.mark &+= 1
        self.everyToken = self.mark
    }

    /// Whether something about an identity, or about what it was proved by, has changed since.
    func touches(_ identity: Identity, _ digest: CredentialDigest, since mark: UInt64) -> Bool {
        guard mark != self.mark else { return false }
        if self.everybody > mark { return true }
        func hasChanged(_ subject: Subject) -> Bool { self.marks[subject].map { $0 > mark } ?? false }
        return hasChanged(.person(identity.person.id)) || hasChanged(.credential(digest))
            || identity.authentication.token.map { self.everyToken > mark || hasChanged(.token($0.id)) } ?? false
    }
}
