/// A company's classification scheme: which levels and categories there are, and what holds by default.
///
/// Everything that reads or compares labels is given the scheme, so that a label that exists is a label that means
/// something. A scheme is one immutable value; a changed `scheme.yaml` makes a new one.
public struct Scheme: Hashable, Sendable {
    /// The levels, lowest first and never empty; a level's rank is its index.
    public let levels: [ClassificationLevel]

    /// The categories with what the scheme says about each.
    public let categories: [Category: CategoryDefinition]

    /// What holds for resources without a label.
    public let unlabelled: UnlabelledRule

    /// After how many days a label is due for review when it names no date of its own; `nil` when never.
    public let reviewEvery: Int?

    /// How much refusals say, for the levels that differ from ``ExplainDepth/owner``.
    public let explain: [ClassificationLevel: ExplainDepth]

    /// The categories that are never relaxed.
    public let floors: Set<Category>

    /// Makes a scheme and holds it to its rules.
    ///
    /// - Parameters:
    ///   - levels: Level names, lowest first.
    ///   - categories: Definitions by category name.
    ///   - unlabelled: A level's name, or `nil` for ``UnlabelledRule/deny``.
    ///   - reviewEvery: Days after which a label without a date is due for review.
    ///   - explain: Depths by level name; levels not named explain as ``ExplainDepth/owner``.
    /// - Throws: ``SecurityLabelError`` naming what is malformed, unknown or double.
    public init(
        levels: [String],
        categories: [String: CategoryDefinition] = [:],
        unlabelled: String? = nil,
        reviewEvery: Int? = nil,
        explain: [String: ExplainDepth] = [:]
    ) throws(SecurityLabelError) {
        guard !levels.isEmpty else { throw .noLevels }
        var ranked: [ClassificationLevel] = []
        for (rank, name) in levels.enumerated() {
            let folded = name.lowercased()
            guard !ranked.contains(where: { $0.name.lowercased() == folded }) else { throw .repeatedLevel(name) }
            ranked.append(try ClassificationLevel(rank: rank, name: name))
        }
        self.levels = ranked

        var defined: [Category: CategoryDefinition] = [:]
        var folded: Set<String> = []
        for name in categories.keys.sorted() {
            guard folded.insert(name.lowercased()).inserted else { throw .ambiguousCategory(name) }
            defined[try Category(name: name)] = categories[name]
        }
        self.categories = defined
        self.floors = Set(defined.filter(\.value.isFloor).keys)

        if let unlabelled {
            self.unlabelled = .level(try Self.level(named: unlabelled, among: ranked))
        } else {
            self.unlabelled = .deny
        }
        self.reviewEvery = reviewEvery

        var depths: [ClassificationLevel: ExplainDepth] = [:]
        for name in explain.keys.sorted() {
            depths[try Self.level(named: name, among: ranked)] = explain[name]
        }
        self.explain = depths
    }

    /// How much a refusal about a resource of `level` may say.
    public func explainDepth(at level: ClassificationLevel) -> ExplainDepth { self.explain[level] ?? .owner }

    /// The level with exactly this name: no case folding, no trimming.
    ///
    /// - Parameter name: The level's name.
    /// - Returns: The level, with its rank.
    /// - Throws: ``SecurityLabelError/unknownLevel(_:known:)``.
    public func level(named name: String) throws(SecurityLabelError) -> ClassificationLevel {
        try Self.level(named: name, among: self.levels)
    }

    /// The category with exactly this name: no case folding, no trimming.
    ///
    /// - Parameter name: The category's name.
    /// - Returns: The category, which the scheme defines.
    /// - Throws: ``SecurityLabelError/unknownCategory(_:known:)``, or ``SecurityLabelError/malformedName(_:)``.
    public func category(named name: String) throws(SecurityLabelError) -> Category {
        let category = try Category(name: name)
        guard self.categories[category] != nil else {
            throw .unknownCategory(name, known: self.categories.keys.map(\.name).sorted())
        }
        return category
    }

    private static func level(
        named name: String,
        among levels: [ClassificationLevel]
    ) throws(SecurityLabelError) -> ClassificationLevel {
        guard let level = levels.first(where: { $0.name == name }) else {
            throw .unknownLevel(name, known: levels.map(\.name))
        }
        return level
    }
}

// MARK: - The written form of labels

extension Scheme {
    /// Reads a label as it is marked on a document.
    ///
    ///     label    = level [ "//" category *( "," category ) ]
    ///
    /// Reading is exact: no case folding, no trimming. A label that was almost right is an error, since whatever we
    /// guessed would open or close a door.
    ///
    /// - Parameter marking: The marking, for example `confidential//customer-x,personal-data`.
    /// - Returns: The label; its ``SecurityLabel/marking`` is the text that was read, categories sorted.
    /// - Throws: ``SecurityLabelError`` naming the part that could not be read.
    public func label(marking: String) throws(SecurityLabelError) -> SecurityLabel {
        guard let separator = marking.firstRange(of: "//") else {
            return SecurityLabel(level: try self.level(named: marking))
        }
        let level = try self.level(named: String(marking[..<separator.lowerBound]))
        var categories: Set<Category> = []
        for name in marking[separator.upperBound...].split(separator: ",", omittingEmptySubsequences: false) {
            guard categories.insert(try self.category(named: String(name))).inserted else {
                throw .repeatedCategory(String(name))
            }
        }
        return SecurityLabel(level: level, categories: categories)
    }
}
