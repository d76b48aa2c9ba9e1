package import SecurityLabels

/// Looks for the minimal relaxations of a label under which a deny would be an allow.
///
/// Lowering a label can also *lose* permits, so nothing is concluded from one relaxation about another except this: a relaxation that
/// gives up more than a flip is no minimal flip. The deepest relaxation is tried first, since it settles most cases; then the mildest
/// first. When there are more than the budget allows, the search goes back from the deepest one step at a time, which finds a good
/// answer early, and the outcome says that it may not be all or not the least.
package struct FlipSearch {
    /// What was found.
    package struct Outcome: Hashable, Sendable {
        /// The flips, mildest first; none includes another.
        package var relaxations: [Relaxation]
        /// Whether these are all minimal flips there are.
        package var isComplete: Bool

        /// Nothing to relax, or nothing that relaxing could change.
        static let none = Outcome(relaxations: [], isComplete: true)
    }

    /// How many relaxations are tried for one deny.
    package static let budget = 20

    /// How many are looked at, tried or not, before giving up: those that include a flip cost no try, but there may be millions.
    private static let horizon = 4_096

    private let isAllowed: (Relaxation) -> Bool
    private var remaining: Int
    private var known: [Relaxation: Bool] = [:]
    private var flips: [Relaxation] = []

    private init(budget: Int, isAllowed: @escaping (Relaxation) -> Bool) {
        self.remaining = budget
        self.isAllowed = isAllowed
    }

    /// Searches.
    ///
    /// - Parameters:
    ///   - relaxations: Where to look.
    ///   - budget: How often `isAllowed` may be asked.
    ///   - isAllowed: Whether the question would be allowed under a relaxation.
    /// - Returns: The flips.
    package static func run(
        _ relaxations: Relaxations,
        budget: Int = FlipSearch.budget,
        isAllowed: (Relaxation) -> Bool
    ) -> Outcome {
        guard let deepest = relaxations.deepest else { return .none }
        return withoutActuallyEscaping(isAllowed) { isAllowed in
            var search = FlipSearch(budget: budget, isAllowed: isAllowed)
            if search.allows(deepest) == true, relaxations.total > budget {
                search.retreat(from: deepest, in: relaxations)
            }
            return search.sweep(relaxations)
        }
    }

    /// Whether a relaxation is a flip; `nil` when the budget is spent.
    private mutating func allows(_ relaxation: Relaxation) -> Bool? {
        if let answer = self.known[relaxation] { return answer }
        guard self.remaining > 0 else { return nil }
        self.remaining -= 1
        let answer = self.isAllowed(relaxation)
        self.known[relaxation] = answer
        return answer
    }

    /// Takes back one thing at a time for as long as the answer stays an allow.
    private mutating func retreat(from deepest: Relaxation, in relaxations: Relaxations) {
        var current = deepest
        while let milder = relaxations.oneStepBack(from: current).first(where: { self.allows($0) == true }) {
            current = milder
        }
        self.keep(current)
    }

    /// Tries everything, mildest first, that gives up no more than what was found so far.
    private mutating func sweep(_ relaxations: Relaxations) -> Outcome {
        var isComplete = true
        for (step, relaxation) in relaxations.enumerated() {
            guard step < Self.horizon else {
                isComplete = false
                break
            }
            if self.flips.contains(where: { $0.isIncluded(in: relaxation) }) { continue }
            guard let answer = self.allows(relaxation) else {
                isComplete = false
                break
            }
            if answer { self.keep(relaxation) }
        }
        if !isComplete, self.flips.isEmpty, let deepest = relaxations.deepest, self.known[deepest] == true {
            self.keep(deepest)
        }
        return Outcome(relaxations: self.flips.sorted { $0.isMilder(than: $1) }, isComplete: isComplete)
    }

    private mutating func keep(_ flip: Relaxation) {
        self.flips.removeAll { flip.isIncluded(in: $0) }
        self.flips.append(flip)
    }
}
