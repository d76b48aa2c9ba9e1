package import TransparencyLog

/// A log's statement that it will sign with another key: a note under the old one, which stands in the log itself.
///
///     stile.plant.example
///     new key
///     stile.plant.example+0f2c6a1b+AXn…
///
///     — stile.plant.example …
///
/// Whoever trusts the old key can follow it to the new one. It cannot be taken for a checkpoint, whose second line is a
/// number.
package struct KeyAnnouncement: Hashable, Sendable {
    /// The key that signs from now on.
    package let key: NoteVerifierKey
    /// The key that says so.
    package let by: NoteVerifierKey
    private let note: SignedNote

    private static let word = "new key"

    /// Announces a key.
    ///
    /// - Throws: ``NoteError/cannotSign`` if the old key does not work.
    package init(_ key: NoteVerifierKey, signedBy signer: NoteSignerKey) throws(NoteError) {
        self.key = key
        self.by = signer.verifier
        var note = try SignedNote(text: "\(key.name)\n\(Self.word)\n\(key)\n")
        try note.sign(with: signer)
        self.note = note
    }

    /// Reads what an event says; `nil` unless it is an announcement with a good signature of the key that it names.
    init?(_ event: LogEvent) {
        guard event.name == LogEvent.keyAnnounced,
            let by = event.details["by"]?.string.flatMap({ NoteVerifierKey($0) }),
            let note = event.details["note"]?.string.flatMap({ try? SignedNote(Array($0.utf8)) })
        else { return nil }
        let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4, lines[1] == Self.word, let key = NoteVerifierKey(String(lines[2])), key.kind == .log,
            by.kind == .log, key.name == by.name, lines[0] == key.name, (try? note.verify(with: by)) != nil
        else { return nil }
        self.key = key
        self.by = by
        self.note = note
    }

    /// What the event that carries it says.
    package var details: [String: JSONValue] {
        [
            "key": .string(self.key.description), "by": .string(self.by.description),
            "note": .string(String(decoding: self.note.bytes, as: UTF8.self)),
        ]
    }
}

/// The keys of one log, as far as its own announcements lead from those that are trusted.
struct KeyChain {
    /// A key, and the entry that announced it; `nil` for those that were trusted from the start.
    struct Link: Hashable {
        var key: NoteVerifierKey
        var announcedAt: UInt64?
    }

    private var announced: [(place: UInt64, announcement: KeyAnnouncement)] = []
    private let trusted: [NoteVerifierKey]

    init(trusted: [NoteVerifierKey]) { self.trusted = trusted }

    /// Takes up what an entry announces; other entries change nothing.
    mutating func read(_ entry: LogEntry, at place: UInt64) {
        guard entry.leaf.starts(with: LogEvent.leafBeginning),
            case .event(let event) = entry.content(key: { _ in nil }),
            let announcement = KeyAnnouncement(event)
        else { return }
        self.announced.append((place, announcement))
    }

    /// The trusted keys, and those that they and their successors announced.
    ///
    /// Only forward: that a *trusted* key was announced by some other says nothing for the other, which anybody could have
    /// written before anything was verified.
    var links: [Link] {
        var links = self.trusted.map { Link(key: $0, announcedAt: nil) }
        // One pass in the log's order is not enough: keys can be given that are not the first.
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            for (place, announcement) in self.announced
            where links.contains(where: { $0.key == announcement.by })
                && !links.contains(where: { $0.key == announcement.key })
            {
                links.append(Link(key: announcement.key, announcedAt: place))
                isGrowing = true
            }
        }
        return links
    }

    /// Every key that the log names, for what its own verified entries vouch for: checkpoints from before a change of keys.
    var all: [NoteVerifierKey] {
        Array(Set(self.trusted + self.announced.flatMap { [$0.announcement.key, $0.announcement.by] }))
    }
}
