/// Which of the stored roll-ups answers a question: the fine ones, with hours, or one of the smaller ones, for whole days.
package struct RollupSelection: Sendable {
    /// One of the runs of ``DayRollups``.
    package enum Detail: Hashable, Sendable {
        case fine, people, peopleTotals, totals, denials
    }

    package let filter: IndexFilter
    private let needsHours: Bool
    private let needsDays: Bool
    private let needsPersons: Bool
    /// Whether anything of the verdict but its decision matters, or what would flip it, or the revision.
    private let needsVerdicts: Bool

    package init(_ filter: IndexFilter, by grouping: [CountGrouping] = []) {
        self.filter = filter
        self.needsHours = grouping.contains(.hour)
        self.needsDays = grouping.contains(.day)
        self.needsPersons = grouping.contains(.person) || filter.query.person != nil
        var rest = filter.query
        (rest.since, rest.until, rest.person, rest.decision) = (nil, nil, nil, nil)
        self.needsVerdicts =
            rest != DecisionQuery() || !Set(grouping).isSubset(of: [.hour, .day, .person, .decision])
    }

    /// Whether anything in a run between these hours can count.
    package func concerns(_ earliest: Int32, _ latest: Int32) -> Bool {
        self.filter.hours.overlaps(earliest...max(earliest, latest))
    }

    /// Whether a run between these hours counts as a whole, so that its rows' hours do not matter.
    package func takesCoarse(_ earliest: Int32, _ latest: Int32) -> Bool {
        let hours = self.filter.hours
        return !self.needsHours && hours.lowerBound <= earliest && latest <= hours.upperBound
            && (!self.needsDays || Self.day(earliest) == Self.day(latest))
    }

    /// The smallest run of a day that is over which has what is asked for.
    ///
    /// - Parameters:
    ///   - earliest: The first hour of the day's run.
    ///   - latest: The last one.
    ///   - withTimes: Whether first and last moments are needed.
    /// - Returns: Which.
    package func detail(_ earliest: Int32, _ latest: Int32, withTimes: Bool) -> Detail {
        guard self.takesCoarse(earliest, latest) else { return .fine }
        if !withTimes, !self.needsPersons { return .totals }
        if !withTimes, !self.needsVerdicts { return .peopleTotals }
        if self.filter.query.decision == .deny { return .denials }
        return withTimes ? .fine : .people
    }

    /// The day of an hour, both since 1970.
    static func day(_ hour: Int32) -> Int32 { hour >= 0 ? hour / 24 : (hour - 23) / 24 }
}
