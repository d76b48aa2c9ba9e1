/// A record: values under names, sorted by name.
///
/// Kept as a sorted array, since records are short, looked up by few names, and compared as a whole.
public struct RecordValue: Hashable, Sendable, Sequence, ExpressibleByDictionaryLiteral {
    private var keys: [String]
    private var values: [Value]

    /// The record without attributes.
    public init() {
        self.keys = []
        self.values = []
    }

    /// Collects attributes; of two with the same key the later one stays.
    public init(_ attributes: some Sequence<(String, Value)>) {
        var sorted = attributes.enumerated().map { (key: $1.0, value: $1.1, order: $0) }
        sorted.sort { a, b in
            a.key.isExactly(b.key) ? a.order < b.order : a.key.precedesExactly(b.key)
        }
        self.init()
        self.keys.reserveCapacity(sorted.count)
        self.values.reserveCapacity(sorted.count)
        for attribute in sorted {
            if let last = self.keys.last, last.isExactly(attribute.key) {
                self.values[self.values.count - 1] = attribute.value
            } else {
                self.keys.append(attribute.key)
                self.values.append(attribute.value)
            }
        }
    }

    /// Collects attributes; of two with the same key the later one stays.
    public init(dictionaryLiteral elements: (String, Value)...) {
        self.init(elements)
    }

    /// How many attributes there are.
    public var count: Int { self.keys.count }

    /// Whether there is no attribute.
    public var isEmpty: Bool { self.keys.isEmpty }

    /// The names, in order of code points.
    public var attributeNames: [String] { self.keys }

    /// The value under a name; setting `nil` removes it.
    public subscript(key: String) -> Value? {
        get {
            guard let index = self.index(of: key) else { return nil }
            return self.values[index]
        }
        set {
            switch (self.index(of: key), newValue) {
            case (let index?, let value?):
                self.values[index] = value
            case (let index?, nil):
                self.keys.remove(at: index)
                self.values.remove(at: index)
            case (nil, let value?):
                let place = self.keys.firstIndex { key.precedesExactly($0) } ?? self.keys.count
                self.keys.insert(key, at: place)
                self.values.insert(value, at: place)
            case (nil, nil):
                break
            }
        }
    }

    /// Whether there is a value under a name.
    public func has(_ key: String) -> Bool {
        self.index(of: key) != nil
    }

    /// The attributes, in order of code points of their names.
    public func makeIterator() -> Zip2Sequence<[String], [Value]>.Iterator {
        zip(self.keys, self.values).makeIterator()
    }

    /// Whether both have the same names with the same values.
    public static func == (a: RecordValue, b: RecordValue) -> Bool {
        guard a.keys.count == b.keys.count else { return false }
        for index in a.keys.indices where !a.keys[index].isExactly(b.keys[index]) { return false }
        return a.values == b.values
    }

    /// Hashes names and values.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.keys)
        hasher.combine(self.values)
    }

    private func index(of key: String) -> Int? {
        // Most records are short: searching them one by one beats everything else.
        guard self.keys.count > 16 else {
            for index in self.keys.indices where self.keys[index].isExactly(key) { return index }
            return nil
        }
        var low = 0
        var high = self.keys.count
        while low < high {
            let middle = (low + high) / 2
            if self.keys[middle].precedesExactly(key) { low = middle + 1 } else { high = middle }
        }
        return low < self.keys.count && self.keys[low].isExactly(key) ? low : nil
    }
}
