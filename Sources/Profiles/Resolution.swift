/// What a profile answers when it is asked what a request means.
package enum Resolution: Sendable {
    /// The request is understood.
    case meaning(Meaning)

    /// What the request is about stands in its body: hold it, up to this many bytes, and ask again.
    ///
    /// A longer body is refused (413).
    case needsBody(atMost: Int)

    /// The upstream knows what the request is about: ask it these, and ask again.
    case needsMetadata([MetadataQuery])

    /// The request stays outside.
    case refused(RouteRefusal)
}
