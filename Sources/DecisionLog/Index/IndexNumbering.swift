/// Gives the numbers of ``IndexWords`` to what is written: the writer's side.
///
/// Thousands of entries share one object for their verdict and one for their person, which are known again by identity.
package struct IndexNumbering: Sendable {
    package private(set) var words = IndexWords()
    private var verdicts: [Verdict: Int32] = [:]
    private var persons: [RecordedPerson: Int32] = [:]
    private var flips: [String: Int32] = [:]
    private var revisions: [String: Int32] = [:]
    /// Names that nobody has are kept up to this many, or guessing would fill the memory; the log has them all.
    private static let maximumUnknownNames = 10_000
    private var unknownNames = 0
    /// Objects seen lately, held so that no other can have their identity.
    private var seenVerdicts: [ObjectIdentifier: SeenVerdict] = [:]
    private var seenPersons: [ObjectIdentifier: SeenPerson] = [:]
    private static let maximumSeen = 20_000

    private struct SeenVerdict {
        var object: Shared<Verdict>
        var number: Int32
        var revision: Int32
    }

    private struct SeenPerson {
        var object: Shared<RecordedPerson>
        var number: Int32
    }

    package init() {}

    /// Takes in words that have the next numbers in the database.
    package mutating func learn(_ news: IndexNews) {
        for (offset, verdict) in news.verdicts.enumerated() {
            self.verdicts[verdict] = Int32(self.words.verdicts.count + offset + 1)
        }
        for (offset, person) in news.persons.enumerated() where person != RecordedPerson() {
            self.persons[person] = Int32(self.words.persons.count + offset + 1)
            if person.id == nil { self.unknownNames += 1 }
        }
        for (offset, flip) in news.flips.enumerated() { self.flips[flip] = Int32(self.words.flips.count + offset + 1) }
        for (offset, revision) in news.revisions.enumerated() {
            self.revisions[revision] = Int32(self.words.revisions.count + offset + 1)
        }
        self.words.append(news)
    }

    /// The words of a batch that have no number yet, each once.
    package mutating func news(in batch: ArraySlice<IndexedEntry>) -> IndexNews {
        var news = IndexNews()
        var (verdicts, persons): (Set<Verdict>, Set<RecordedPerson>) = ([], [])
        for entry in batch {
            if self.seen(entry.verdict) == nil {
                let (verdict, revision) = Self.parted(entry.verdict.value)
                if self.verdicts[verdict] == nil, verdicts.insert(verdict).inserted { news.verdicts.append(verdict) }
                if !revision.isEmpty, self.revisions[revision] == nil, !news.revisions.contains(revision) {
                    news.revisions.append(revision)
                }
            }
            if let person = entry.person, self.seen(person) == nil {
                let known = self.known(person.value, beside: persons.count)
                if known != RecordedPerson(), self.persons[known] == nil, persons.insert(known).inserted {
                    news.persons.append(known)
                }
            }
            if let flip = entry.flip, self.flips[flip] == nil, !news.flips.contains(flip) { news.flips.append(flip) }
        }
        return news
    }

    /// An entry in numbers; words without one are none, so ``learn(_:)`` the batch's ``news(in:)`` before.
    package mutating func row(_ entry: IndexedEntry) -> NumberedRow {
        let verdict = self.seen(entry.verdict)
        return NumberedRow(
            place: Int64(entry.index),
            time: entry.time.microseconds,
            id: entry.id,
            micros: Int32(clamping: entry.micros),
            verdict: verdict?.number ?? 0,
            person: entry.person.flatMap { self.seen($0) } ?? 0,
            flip: entry.flip.flatMap { self.flips[$0] } ?? 0,
            revision: verdict?.revision ?? 0,
            count: Int64(clamping: entry.count),
            method: entry.method,
            path: entry.path,
            peer: entry.peer
        )
    }

    /// Takes a person out; the numbers stay, and stand for nobody.
    ///
    /// - Returns: The numbers.
    package mutating func forget(person id: String) -> [Int32] {
        self.seenPersons.removeAll()
        var numbers: [Int32] = []
        for (place, person) in self.words.persons.enumerated() {
            guard let person = person?.value, person.id == id else { continue }
            self.persons[person] = nil
            self.words.forget(Int32(place + 1))
            numbers.append(Int32(place + 1))
        }
        return numbers
    }

    private mutating func seen(_ verdict: Shared<Verdict>) -> (number: Int32, revision: Int32)? {
        if let seen = self.seenVerdicts[ObjectIdentifier(verdict)] { return (seen.number, seen.revision) }
        let (bare, revision) = Self.parted(verdict.value)
        guard let number = self.verdicts[bare] else { return nil }
        guard let revisionNumber = revision.isEmpty ? 0 : self.revisions[revision] else { return nil }
        if self.seenVerdicts.count >= Self.maximumSeen { self.seenVerdicts.removeAll() }
        self.seenVerdicts[ObjectIdentifier(verdict)] = SeenVerdict(
            object: verdict,
            number: number,
            revision: revisionNumber
        )
        return (number, revisionNumber)
    }

    private mutating func seen(_ person: Shared<RecordedPerson>) -> Int32? {
        if let seen = self.seenPersons[ObjectIdentifier(person)] { return seen.number }
        let known = self.known(person.value, beside: 0)
        guard let number = known == RecordedPerson() ? 0 : self.persons[known] else { return nil }
        if self.seenPersons.count >= Self.maximumSeen { self.seenPersons.removeAll() }
        self.seenPersons[ObjectIdentifier(person)] = SeenPerson(object: person, number: number)
        return number
    }

    /// The person as the index knows them: without the name, when too many nameless ones gave one.
    private func known(_ person: RecordedPerson, beside coming: Int) -> RecordedPerson {
        guard person.id == nil, self.persons[person] == nil, self.unknownNames + coming >= Self.maximumUnknownNames
        else { return person }
        var known = person
        known.name = nil
        return known
    }

    private static func parted(_ verdict: Verdict) -> (Verdict, revision: String) {
        var bare = verdict
        bare.revision = ""
        return (bare, verdict.revision)
    }
}
