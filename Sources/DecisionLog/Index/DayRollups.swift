/// What is stored of a day that is over: the same counts four times, so that each question reads the least that answers it.
///
/// A month of totals is a few megabytes, of denials as many, of everything with hours and persons hundreds of times as much:
/// the first question after a start reads all it needs from the disk.
package struct DayRollups: Sendable {
    /// By hour and person, with moments.
    package let fine: RollupRun
    /// By person, without hours and moments.
    package let people: RollupRun
    /// Without persons, hours and moments.
    package let totals: RollupRun
    /// What was denied, by person, without hours, with moments: what review reads.
    package let denials: RollupRun

    /// Sums a day up.
    ///
    /// - Parameters:
    ///   - rollups: Everything that was counted of it.
    ///   - words: What its numbers stand for.
    package init(_ rollups: Rollups, _ words: IndexWords) {
        let denied = [false] + words.verdicts.map { $0.value.decision == .deny }
        let people = rollups.coarse
        self.fine = RollupRun(rollups)
        let hours = self.fine.earliest...self.fine.latest
        self.people = RollupRun(people, hours: hours)
        self.totals = RollupRun(people.withoutPersons, hours: hours)
        self.denials = RollupRun(
            people.filter { denied.indices.contains(Int($0.verdict)) && denied[Int($0.verdict)] },
            hours: hours
        )
    }
}
