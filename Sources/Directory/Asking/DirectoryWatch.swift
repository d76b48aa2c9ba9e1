/// Tells when people or groups change in the directory, so that what was cached about them can be forgotten at once.
package protocol DirectoryWatch: Sendable {
    /// Changes, from the moment of the call on; ends when the watch is stopped. The first element is a state.
    ///
    /// Several may listen. Who falls behind by more than a few thousand changes gets one ``DirectoryChange/everything``.
    func changes() -> AsyncStream<DirectoryChange>
}

/// One thing that a watch has to say.
package enum DirectoryChange: Hashable, Sendable {
    /// The watch stands: from now on changes arrive as they are made.
    case live(WatchMethod)

    /// The watch was lost: until it is live again, cached knowledge is only as fresh as its time to live.
    case lost(reason: String)

    /// This person's entry changed or is gone: what is remembered about them has to be read again.
    case person(PersonID)

    /// A group changed: whoever's groups are remembered, they have to be read again, since groups are nested.
    case membership

    /// Something changed and it cannot be said what (the server lost its history): forget everything.
    case everything
}

/// How changes are noticed.
package enum WatchMethod: String, Hashable, Sendable {
    /// The server pushes them. Source: RFC 4533, refreshAndPersist.
    case syncrepl

    /// The server pushes them. Source: [MS-ADTS] 3.1.1.3.4.1.9, change notification.
    case notification

    /// The server pushes them. Source: draft-ietf-ldapext-psearch-03.
    case persistentSearch = "persistent-search"

    /// We ask now and then: changes are seen late by up to one interval, and whoever reads the health page is told so.
    case polling

    /// Whether changes arrive as they are made.
    package var isPush: Bool { self != .polling }
}
