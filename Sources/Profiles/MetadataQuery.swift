/// A look-up that Stile makes at the upstream, with its own credential, to learn what a request is about.
///
/// It reads metadata only, and never on behalf of the person: its answer goes to the profile and nowhere else.
package struct MetadataQuery: Hashable, Sendable {
    /// How long the answer holds.
    package enum Lifetime: Hashable, Sendable {
        /// For good: a run never leaves its experiment.
        case permanent
        /// For a few seconds, and no longer than until a request says that it forgets it: a name can change.
        case brief
        /// For the one request that asked: what a name or an alias stands for can change to something else.
        case momentary
    }

    /// What is looked up, for example `run`.
    package let kind: String

    /// Which one, as the service names it.
    package let id: String

    /// The method of the look-up.
    package let method: ProfileRequest.Method

    /// The path and query of the look-up, encoded, below the upstream's own root; begins with `/`.
    package let target: String

    /// The body of the look-up, JSON; `nil` when it has none.
    package let body: String?

    /// How long a positive answer holds; that a thing is absent is never remembered.
    package let lifetime: Lifetime

    /// Puts a look-up together.
    package init(
        kind: String,
        id: String,
        method: ProfileRequest.Method = .get,
        target: String,
        body: String? = nil,
        lifetime: Lifetime
    ) {
        self.kind = kind
        self.id = id
        self.method = method
        self.target = target
        self.body = body
        self.lifetime = lifetime
    }

    /// The longest answer that is read, in bytes; a longer one is ``Fact/unknown(status:)``.
    ///
    /// The answer for a run carries all its parameters and tags, of which MLflow allows thousands.
    package static let answerLimit = 4 << 20
}
