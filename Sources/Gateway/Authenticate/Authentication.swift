import Catalog
package import Governance

/// How somebody has proved who they are, and what that proof is limited to.
///
/// Part of every decision: the method stands in the record and before policies, and a token's scope narrows what its owner
/// may do. What is remembered about a person is remembered per credential, so that nothing decided for one method is
/// ever the answer for another.
package struct Authentication: Hashable, Sendable {
    /// The method.
    package let method: AuthenticationMethod

    /// The token and what it is good for; `nil` for every other method, which is good for all that the person may do.
    package let token: TokenInUse?

    /// When it ends by itself, in seconds since 1970, UTC; `nil` for a proof that is given anew with each request.
    package let ends: Int64?

    /// Whether the proof was checked before the directory went down, and cannot be checked again until it is back.
    package private(set) var isFromMemory = false

    /// A method without a scope of its own.
    package init(_ method: AuthenticationMethod, ends: Int64? = nil) {
        self.method = method
        self.token = nil
        self.ends = ends
    }

    /// A token.
    package init(_ token: TokenInUse, ends: Int64) {
        self.method = .token
        self.token = token
        self.ends = ends
    }

    /// The same proof, remembered while nobody can check it.
    var fromMemory: Self {
        var remembered = self
        remembered.isFromMemory = true
        return remembered
    }

    /// Whether the proof is good for a question; what the person may do is another one.
    func covers(_ question: Question) -> Bool {
        guard let scope = self.token?.scope else { return true }
        return scope.covers(question.action, service: question.resource.service, kind: question.resource.kind)
    }

    /// As it stands in records: the method, for a token which one, and whether the directory was down.
    var recorded: String {
        let proof = self.token.map { "\(self.method.rawValue):\($0.id)" } ?? self.method.rawValue
        return self.isFromMemory ? "\(proof) (directory down)" : proof
    }
}

/// A token as it is used: which one, and what it is good for.
package struct TokenInUse: Hashable, Sendable {
    /// Its id, which says nothing about its secret.
    package let id: TokenID
    /// What it is good for.
    package let scope: TokenScope

    package init(id: TokenID, scope: TokenScope) {
        self.id = id
        self.scope = scope
    }
}
