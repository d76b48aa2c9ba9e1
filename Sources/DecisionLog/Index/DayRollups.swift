/// What is stored of a day that is over: the same counts five times, so that each question reads the least that answers it.
///
/// A month of totals is a few megabytes, of denials as many, of everything with hours and persons hundreds of times as much:
/// the first question after a start reads all it needs from the disk.
package struct DayRollups: Sendable {
    /// By hour and person, with moments.
    package let fine: RollupRun
    /// By person, without hours and moments.
    package let people: RollupRun
    /// By person and decision alone, without hours and moments.
    ///
    /// One verdict stands for all that came out as it did.
    package let peopleTotals: RollupRun
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
        self.peopleTotals = RollupRun(people.byPerson(Self.standIns(words)), hours: hours)
        self.totals = RollupRun(people.withoutPersons, hours: hours)
        self.denials = RollupRun(
            people.filter { denied.indices.contains(Int($0.verdict)) && denied[Int($0.verdict)] },
            hours: hours
        )
    }

    /// For each verdict's number that of the first one with the same decision.
    private static func standIns(_ words: IndexWords) -> [Int32] {
        var firsts: [RecordedDecision: Int32] = [:]
        var standIns: [Int32] = [0]
        for verdict in words.verdicts {
            let number = Int32(standIns.count)
            standIns.append(firsts[verdict.value.decision, default: number])
            firsts[verdict.value.decision] = standIns.last
        }
        return standIns
    }
}
