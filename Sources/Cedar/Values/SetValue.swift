/// A set of values: no order, no duplicates, any mixture of types.
///
/// Small sets are searched one by one, which beats hashing; large ones carry a hash table made once.
public struct SetValue: Hashable, Sendable, Sequence, ExpressibleByArrayLiteral {
    private final class Storage: Sendable {
        let elements: [Value]
        let lookup: Set<Value>?
        let hash: Int

        init(elements: [Value], lookup: Set<Value>?) {
            self.elements = elements
            self.lookup = lookup
            // Independent of order, since equal sets may list their elements differently.
            var sum = 0
            for element in elements {
                var hasher = Hasher()
                hasher.combine(element)
                sum &+= hasher.finalize()
            }
            self.hash = sum
        }

        func contains(_ value: Value) -> Bool {
            if let lookup { return lookup.contains(value) }
            for element in self.elements where element == value { return true }
            return false
        }
    }

    /// From this size on a hash table is kept.
    private static let lookupThreshold = 9

    private let storage: Storage

    /// Collects values, dropping duplicates.
    public init(_ elements: some Sequence<Value>) {
        var unique: [Value] = []
        var seen: Set<Value> = []
        for element in elements where seen.insert(element).inserted { unique.append(element) }
        self.storage = Storage(elements: unique, lookup: unique.count >= SetValue.lookupThreshold ? seen : nil)
    }

    /// Collects values, dropping duplicates.
    public init(arrayLiteral elements: Value...) {
        self.init(elements)
    }

    /// The elements, in the order in which they first appeared.
    public var elements: [Value] { self.storage.elements }

    /// How many elements there are.
    public var count: Int { self.storage.elements.count }

    /// Whether there is no element.
    public var isEmpty: Bool { self.storage.elements.isEmpty }

    /// Whether `value` is an element.
    public func contains(_ value: Value) -> Bool {
        self.storage.contains(value)
    }

    /// Whether every element of `other` is an element of this set.
    public func isSuperset(of other: SetValue) -> Bool {
        for element in other.storage.elements where !self.storage.contains(element) { return false }
        return true
    }

    /// Whether the sets share an element.
    public func intersects(_ other: SetValue) -> Bool {
        let (few, many) = self.count < other.count ? (self.storage, other.storage) : (other.storage, self.storage)
        for element in few.elements where many.contains(element) { return true }
        return false
    }

    /// The elements, in the order in which they first appeared.
    public func makeIterator() -> IndexingIterator<[Value]> {
        self.storage.elements.makeIterator()
    }

    /// Whether both have the same elements.
    public static func == (a: SetValue, b: SetValue) -> Bool {
        if a.storage === b.storage { return true }
        return a.storage.hash == b.storage.hash && a.count == b.count && a.isSuperset(of: b)
    }

    /// Hashes without regard to order.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.storage.hash)
    }
}
