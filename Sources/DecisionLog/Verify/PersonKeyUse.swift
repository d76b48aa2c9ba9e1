import TransparencyLog

/// Which persons' keys the parts need, and which of them the log itself says were destroyed.
///
/// Erasing is allowed, and written down first; a key that is gone without a word is tampering, since nobody can read any more
/// who those records were about. The ids stand in the parts in clear, so no secret is needed for this. It grows with the
/// persons, not with the records.
struct PersonKeyUse {
    /// The first entry that needs each key.
    private var used: [PersonKey.ID: UInt64] = [:]
    /// What the log says was erased, and in which entry.
    private var erased: [PersonKey.ID: UInt64] = [:]
    /// What the log says was damaged and moved aside.
    private var moved: Set<PersonKey.ID> = []
    /// Neighbouring entries are often of one person.
    private var last: PersonKey.ID?

    /// Notes which key a person part needs.
    mutating func note(_ stored: ArraySlice<UInt8>, at index: UInt64) {
        guard let id = PersonCipher.keyID(of: stored), id != self.last else { return }
        self.last = id
        if self.used[id] == nil { self.used[id] = index }
    }

    /// Takes up what an event says about keys; other events change nothing.
    mutating func read(_ event: LogEvent, at index: UInt64) {
        switch event.name {
        case LogEvent.personErased:
            for text in event.details["ids"]?.array ?? [] {
                guard let id = text.string.flatMap({ PersonKey.ID(text: $0) }) else { continue }
                self.erased[id] = index
            }
        case LogEvent.quarantined:
            let beginning = PersonKeys.folder + "/"
            guard let path = event.details["file"]?.string, path.hasPrefix(beginning),
                let id = PersonKey.ID(text: path.dropFirst(beginning.count))
            else { return }
            self.moved.insert(id)
        default: break
        }
    }

    /// What is not as the log says, first entry first.
    ///
    /// - Parameters:
    ///   - before: The keys that were there before the entries were read.
    ///   - after: The keys that were there afterwards: a log may be open meanwhile.
    /// - Returns: For each key the entry that it is about, and what is wrong.
    func problems(before: [String], after: [String]) -> [(index: UInt64, id: PersonKey.ID, what: String)] {
        let after = Set(after.compactMap { PersonKey.ID(text: $0) })
        let there = after.union(before.compactMap { PersonKey.ID(text: $0) })
        // Where keys were not copied with the log, nothing can be said.
        guard !there.isEmpty else { return [] }
        var problems: [(index: UInt64, id: PersonKey.ID, what: String)] = []
        for (id, index) in self.used {
            if let said = self.erased[id] {
                guard after.contains(id) else { continue }
                problems.append((said, id, "the log says that this key was destroyed, and it is there: erase again"))
            } else if !there.contains(id), !self.moved.contains(id) {
                let what = "the key of its person is gone, and the log does not say that it was destroyed"
                problems.append((index, id, what))
            }
        }
        return problems.sorted { ($0.index, $0.id.text) < ($1.index, $1.id.text) }
    }
}
