/// What repeats in an index, by number: verdicts, persons, relaxations and revisions.
///
/// All of it is in memory: a company has thousands of people and things, not millions, and a query decides in memory
/// which verdicts it is about before it touches a row. Number 0 stands for "none"; number n is at place n - 1. A number
/// never changes its meaning, so a copy of this is a consistent view while the writer goes on.
package struct IndexWords: Sendable {
    /// Verdicts without their revision, which would make each of them new with every change of a policy.
    package private(set) var verdicts: [Shared<Verdict>] = []
    /// `nil` for somebody who was forgotten.
    package private(set) var persons: [Shared<RecordedPerson>?] = []
    package private(set) var flips: [String] = []
    package private(set) var revisions: [String] = []

    package init() {}

    /// The verdict as it was recorded; `nil` for a number that means nothing here.
    package func verdict(_ number: Int32, revision: Int32) -> Verdict? {
        guard self.verdicts.indices.contains(Int(number) - 1),
            revision == 0 || self.revisions.indices.contains(Int(revision) - 1)
        else { return nil }
        var verdict = self.verdicts[Int(number) - 1].value
        verdict.revision = revision == 0 ? "" : self.revisions[Int(revision) - 1]
        return verdict
    }

    package func person(_ number: Int32) -> RecordedPerson? {
        self.persons.indices.contains(Int(number) - 1) ? self.persons[Int(number) - 1]?.value : nil
    }

    package func flip(_ number: Int32) -> String? {
        self.flips.indices.contains(Int(number) - 1) ? self.flips[Int(number) - 1] : nil
    }

    /// Takes in what a database has or will have under the next numbers.
    mutating func append(_ news: IndexNews) {
        self.verdicts += news.verdicts.map { Shared($0) }
        self.persons += news.persons.map { $0 == RecordedPerson() ? nil : Shared($0) }
        self.flips += news.flips
        self.revisions += news.revisions
    }

    mutating func forget(_ number: Int32) { self.persons[Int(number) - 1] = nil }
}

/// Words that an index doesn't have yet, in the order in which they get their numbers.
package struct IndexNews: Hashable, Sendable {
    package var verdicts: [Verdict] = []
    package var persons: [RecordedPerson] = []
    package var flips: [String] = []
    package var revisions: [String] = []

    package init() {}

    package var isEmpty: Bool {
        self.verdicts.isEmpty && self.persons.isEmpty && self.flips.isEmpty && self.revisions.isEmpty
    }
}
