/// The type of a record: its attributes and whether there may be others.
///
/// Attributes are kept sorted by name, since types are compared and looked up far more often than made.
public struct RecordType: Hashable, Sendable {
    /// An attribute of a record or an entity.
    public struct Attribute: Hashable, Sendable {
        /// The name.
        public let name: String
        /// The type of the value, when there is one.
        public let type: CedarType
        /// Whether there is always a value.
        public let isRequired: Bool

        /// Declares an attribute.
        public init(name: String, type: CedarType, isRequired: Bool = true) {
            self.name = name
            self.type = type
            self.isRequired = isRequired
        }

        /// Whether both declare the same: names are compared by code points.
        public static func == (a: Attribute, b: Attribute) -> Bool {
            a.isRequired == b.isRequired && a.name.isExactly(b.name) && a.type == b.type
        }
    }

    /// The attributes, by code points of their names.
    public let attributes: [Attribute]

    /// Whether values may have further attributes that the type does not list.
    public let isOpen: Bool

    /// The record that may have any attributes, above all others.
    static let anything = RecordType([], isOpen: true)

    /// The record without attributes.
    public static let empty = RecordType([])

    /// Collects attributes; of two with one name the later stays.
    public init(_ attributes: [Attribute], isOpen: Bool = false) {
        self.isOpen = isOpen
        var sorted: [Attribute] = []
        sorted.reserveCapacity(attributes.count)
        let order = attributes.indices.sorted { a, b in
            let (mine, theirs) = (attributes[a].name, attributes[b].name)
            return mine.isExactly(theirs) ? a < b : mine.precedesExactly(theirs)
        }
        for index in order {
            if let last = sorted.last, last.name.isExactly(attributes[index].name) { sorted.removeLast() }
            sorted.append(attributes[index])
        }
        self.attributes = sorted
    }

    /// The attribute of a name.
    public func attribute(_ name: String) -> Attribute? {
        // Most records are short: searching them one by one beats everything else.
        guard self.attributes.count > 16 else { return self.attributes.first { $0.name.isExactly(name) } }
        var low = 0
        var high = self.attributes.count
        while low < high {
            let middle = (low + high) / 2
            if self.attributes[middle].name.precedesExactly(name) { low = middle + 1 } else { high = middle }
        }
        return low < self.attributes.count && self.attributes[low].name.isExactly(name) ? self.attributes[low] : nil
    }

    /// Hashes names and kinds of attributes, not what lies in them: a common type may be large, and most records differ by their looks.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.isOpen)
        for attribute in self.attributes {
            hasher.combine(attribute.name)
            hasher.combine(attribute.isRequired)
            hasher.combine(attribute.type.look)
        }
    }

    /// Whether both have attributes of the same names.
    func hasSameNames(as other: RecordType) -> Bool {
        guard self.attributes.count == other.attributes.count else { return false }
        for (mine, theirs) in zip(self.attributes, other.attributes) where !mine.name.isExactly(theirs.name) {
            return false
        }
        return true
    }
}

extension RecordType: CustomStringConvertible {
    /// The type as error messages write it.
    public var description: String {
        let inside = self.attributes.map { "\($0.name)\($0.isRequired ? "" : "?"): \($0.type)," }.joined()
        return "\(self.isOpen ? "__cedar::internal::OpenRecord" : ""){\(inside)}"
    }

    /// The order in which messages list record types.
    static func messageOrder(_ a: RecordType, _ b: RecordType) -> Bool {
        for (mine, theirs) in zip(a.attributes, b.attributes) {
            if !mine.name.isExactly(theirs.name) { return mine.name.precedesExactly(theirs.name) }
            if mine.type != theirs.type { return CedarType.messageOrder(mine.type, theirs.type) }
            if mine.isRequired != theirs.isRequired { return !mine.isRequired }
        }
        if a.attributes.count != b.attributes.count { return a.attributes.count < b.attributes.count }
        return a.isOpen && !b.isOpen
    }
}
