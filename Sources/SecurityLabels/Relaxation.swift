/// A lower label in place of a label: what would be given up if something were classified less strictly.
///
/// Made by ``Scheme/relaxations(of:downTo:)``, which never gives up a floor.
public struct Relaxation: Hashable, Sendable {
    /// The label after the relaxation.
    public let label: SecurityLabel

    /// How many levels it goes down.
    public let levelsLowered: Int

    /// The categories it drops.
    public let dropped: Set<Category>

    /// Whether this relaxation gives up no more than `other`: it lowers no further and drops nothing else.
    public func isIncluded(in other: Relaxation) -> Bool {
        self.levelsLowered <= other.levelsLowered && self.dropped.isSubset(of: other.dropped)
    }

    /// Whether this relaxation is milder than `other`: fewer levels first, then fewer categories, then by name.
    ///
    /// A total order that agrees with ``isIncluded(in:)``. A level opens the resource to everybody cleared so far, a
    /// category to those with one more need to know: so one level weighs more than all categories.
    public func isMilder(than other: Relaxation) -> Bool {
        if self.levelsLowered != other.levelsLowered { return self.levelsLowered < other.levelsLowered }
        if self.dropped.count != other.dropped.count { return self.dropped.count < other.dropped.count }
        return self.dropped.sorted().lexicographicallyPrecedes(other.dropped.sorted())
    }
}
