/// What a company's scheme says about one category.
public struct CategoryDefinition: Hashable, Sendable {
    /// The name for people, for example `Personal data`.
    public let title: String

    /// Whether the category is a floor: never relaxed by a score, never covered by a grant, proposed by no flip.
    ///
    /// For what law or contract decides, not judgement: export control, for example.
    public let isFloor: Bool

    /// Describes a category.
    public init(title: String, isFloor: Bool = false) {
        self.title = title
        self.isFloor = isFloor
    }
}
