/// How much harm the disclosure of something would do: one rank of a company's ordered list of levels.
///
/// The list is the company's own (`scheme.yaml`), so a level carries its place in that list with its name. Levels are
/// totally ordered by rank; comparing levels of two different ``Scheme``s has no meaning.
public struct ClassificationLevel: Hashable, Comparable, Sendable {
    /// The place in the scheme's list, 0 for the lowest.
    public let rank: Int

    /// The name as written in markings, for example `strictly-confidential`.
    public let name: String

    /// Puts a name at its place; only a ``Scheme`` knows that the two belong together.
    ///
    /// - Parameters:
    ///   - rank: The place in the list of levels, 0 for the lowest.
    ///   - name: The name, see ``LabelName``.
    /// - Throws: ``SecurityLabelError/malformedName(_:)``.
    public init(rank: Int, name: String) throws(SecurityLabelError) {
        guard LabelName.isWellFormed(name) else { throw .malformedName(name) }
        self.rank = rank
        self.name = name
    }

    /// Whether `left` stands below `right` in the list.
    public static func < (left: ClassificationLevel, right: ClassificationLevel) -> Bool { left.rank < right.rank }
}
