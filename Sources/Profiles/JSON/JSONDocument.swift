/// A JSON text that was read strictly, with the place of every value in the original bytes.
///
/// Two needs of a policy gateway shape it. A request must mean the same here and at the upstream, so a text that readers
/// disagree on is refused: a name given twice in one object (RFC 8259, section 4, leaves open which counts), invalid
/// UTF-8, lone surrogates, `NaN`, anything after the value. And an answer that was filtered must be the original, byte
/// for byte, without the elements that were removed, so values keep their ranges and ``removing(_:)`` only cuts.
/// Foundation offers neither: `JSONSerialization` and `JSONDecoder` keep the last of two equal names in silence, and
/// write a new text with another order of members and other spellings of numbers.
///
/// Effort is bounded by ``JSONLimits``: linear in the length of the text, except for the names of one object, which are
/// hashed.
///
/// Source: RFC 8259; RFC 7493 (I-JSON) for what must be refused.
package struct JSONDocument: Sendable {
    /// What kind of value stands somewhere.
    package enum Kind: UInt8, Sendable {
        case null
        case boolean
        case number
        case string
        case array
        case object
    }

    /// A value or a member's name, in the order of the text.
    ///
    /// The nodes inside an array or object follow it directly: the elements, or name and value in turn.
    struct Node {
        let kind: Kind
        /// Whether a string has escapes, so that its bytes are not its text.
        var isEscaped = false
        /// Where its text begins.
        let start: Int32
        /// Where its text ends, exclusive.
        var end: Int32
        /// The index of the first node that is not inside this one.
        var next: Int32
    }

    /// The text.
    package let bytes: [UInt8]

    let nodes: [Node]

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - bytes: The text, whole.
    ///   - limits: The bounds; the text's length is the caller's to bound.
    /// - Throws: ``JSONError`` naming the first thing that is wrong, and where.
    package init(_ bytes: [UInt8], limits: JSONLimits = .body) throws(JSONError) {
        var parser = JSONParser(bytes, limits: limits)
        self.nodes = try parser.parse()
        self.bytes = bytes
    }

    /// The outermost value.
    package var root: JSONValue { JSONValue(document: self, index: 0) }

    /// The text without some elements of its arrays: the original bytes, cut.
    ///
    /// With an element goes the comma that joined it to a neighbour that stays, so that the rest remains JSON.
    ///
    /// - Parameter removed: Elements of arrays of this document; one inside another does no harm.
    /// - Returns: The bytes that are left.
    package func removing(_ removed: [JSONValue]) -> [UInt8] {
        guard !removed.isEmpty else { return self.bytes }
        let indices = Set(removed.map(\.index))
        var cuts: [Range<Int>] = []
        for (index, node) in self.nodes.enumerated() where node.kind == .array {
            self.cut(indices, fromArrayAt: index, into: &cuts)
        }
        cuts.sort { $0.lowerBound < $1.lowerBound }
        var kept: [UInt8] = []
        kept.reserveCapacity(self.bytes.count)
        var position = 0
        for cut in cuts where cut.upperBound > position {
            if cut.lowerBound > position { kept += self.bytes[position..<cut.lowerBound] }
            position = cut.upperBound
        }
        return kept + self.bytes[position...]
    }

    /// Adds what must be cut so that an array loses some elements.
    private func cut(_ removed: Set<Int>, fromArrayAt array: Int, into cuts: inout [Range<Int>]) {
        var isFirst = true
        var previousEnd = 0
        var element = array + 1
        while element < self.nodes[array].next {
            let node = self.nodes[element]
            let next = Int(node.next)
            if !removed.contains(element) {
                isFirst = false
            } else if !isFirst {
                cuts.append(previousEnd..<Int(node.end))
            } else {
                // Nothing is left before it: the comma after it goes.
                let end = next < self.nodes[array].next ? self.nodes[next].start : node.end
                cuts.append(Int(node.start)..<Int(end))
            }
            previousEnd = Int(node.end)
            element = next
        }
    }
}
