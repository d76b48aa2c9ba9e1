/// Every relaxation of a label down to another one, mildest first, made one at a time.
///
/// The relaxations form a small lattice: how many levels to go down, times which of the categories to drop. A label with
/// many categories has very many, so they are never all made at once: who looks for the first few pays for the first few.
public struct Relaxations: Sequence, Sendable {
    /// The label that is relaxed.
    public let label: SecurityLabel

    /// How many levels lie between the label and the lowest relaxation.
    public let levels: Int

    /// The categories that may be dropped, in order of name; floors are not among them.
    public let droppable: [Category]

    private let scheme: [ClassificationLevel]

    init(of label: SecurityLabel, downTo bottom: SecurityLabel, scheme: Scheme) {
        self.label = label
        self.levels = Swift.max(0, label.level.rank - bottom.level.rank)
        // A mask holds one bit per category. More than 62 missing at once are beyond any search, and leaving the last
        // ones where they are only means that they are never dropped.
        self.droppable = Array(
            label.categories.subtracting(bottom.categories).subtracting(scheme.floors).sorted().prefix(62)
        )
        self.scheme = scheme.levels
    }

    /// How many relaxations there are, the label itself not counted; capped at `Int.max`.
    public var total: Int {
        let (product, overflow) = (self.levels + 1).multipliedReportingOverflow(by: 1 << self.droppable.count)
        return overflow ? .max : product - 1
    }

    /// The relaxation that gives up the most; `nil` when there is nothing to give up.
    public var deepest: Relaxation? {
        self.total == 0 ? nil : self.relaxation(lowering: self.levels, dropping: (1 << self.droppable.count) - 1)
    }

    /// The relaxations that give up exactly one thing less than `relaxation`: one level, or one category.
    public func oneStepBack(from relaxation: Relaxation) -> [Relaxation] {
        var back: [Relaxation] = []
        if relaxation.levelsLowered > 0 {
            back.append(self.relaxation(lowering: relaxation.levelsLowered - 1, dropping: relaxation.dropped))
        }
        for category in self.droppable where relaxation.dropped.contains(category) {
            back.append(
                self.relaxation(
                    lowering: relaxation.levelsLowered,
                    dropping: relaxation.dropped.subtracting([category])
                )
            )
        }
        return back.filter { $0.levelsLowered > 0 || !$0.dropped.isEmpty }
    }

    /// Starts at the mildest relaxation.
    public func makeIterator() -> Iterator { Iterator(self) }

    private func relaxation(lowering levels: Int, dropping mask: Int) -> Relaxation {
        self.relaxation(
            lowering: levels,
            dropping: Set(self.droppable.indices.filter { mask & (1 << $0) != 0 }.map { self.droppable[$0] })
        )
    }

    private func relaxation(lowering levels: Int, dropping dropped: Set<Category>) -> Relaxation {
        Relaxation(
            label: SecurityLabel(
                level: self.scheme[self.label.level.rank - levels],
                categories: self.label.categories.subtracting(dropped)
            ),
            levelsLowered: levels,
            dropped: dropped
        )
    }

    /// Makes the relaxations one by one.
    public struct Iterator: IteratorProtocol, Sendable {
        private let relaxations: Relaxations
        private var lowered = 0
        private var chosen: [Int] = []

        init(_ relaxations: Relaxations) { self.relaxations = relaxations }

        /// The next harsher relaxation.
        public mutating func next() -> Relaxation? {
            self.advance()
            guard self.lowered <= self.relaxations.levels else { return nil }
            return self.relaxations.relaxation(
                lowering: self.lowered,
                dropping: Set(self.chosen.map { self.relaxations.droppable[$0] })
            )
        }

        /// Steps to the next choice of as many categories, else to the first of one more, else one level down.
        private mutating func advance() {
            let count = self.relaxations.droppable.count
            // Combinations in lexicographic order: raise the last index that has room, and close up behind it.
            var place = self.chosen.count - 1
            while place >= 0, self.chosen[place] == count - self.chosen.count + place { place -= 1 }
            if place >= 0 {
                self.chosen[place] += 1
                for next in (place + 1)..<self.chosen.endIndex { self.chosen[next] = self.chosen[next - 1] + 1 }
            } else if self.chosen.count < count {
                self.chosen = Array(0...self.chosen.count)
            } else {
                self.chosen = []
                self.lowered += 1
            }
        }
    }
}

extension Scheme {
    /// The relaxations of a label, mildest first, that still dominate `bottom`; floors are always kept.
    ///
    /// - Parameters:
    ///   - label: A label of this scheme.
    ///   - bottom: How far to go: the meet with somebody's clearance, for example. When `nil`, to the lowest level and no
    ///     category.
    /// - Returns: A sequence that makes them as they are asked for.
    public func relaxations(of label: SecurityLabel, downTo bottom: SecurityLabel? = nil) -> Relaxations {
        Relaxations(of: label, downTo: bottom ?? SecurityLabel(level: self.levels[0]), scheme: self)
    }
}
