/// A need-to-know category (compartment), for example `customer-x`.
///
/// Categories are independent of levels and of each other: no level, however high, buys one.
public struct Category: Hashable, Comparable, Sendable {
    /// The name as written in markings.
    public let name: String

    /// Names a category.
    ///
    /// - Parameter name: The name, 1 to 64 of letters, digits, `-`, `_` and `.`.
    /// - Throws: ``SecurityLabelError/malformedName(_:)``.
    public init(name: String) throws(SecurityLabelError) {
        guard LabelName.isWellFormed(name) else { throw .malformedName(name) }
        self.name = name
    }

    /// The order of markings and of lists for people, by name; it says nothing about sensitivity.
    public static func < (left: Category, right: Category) -> Bool { left.name < right.name }
}
