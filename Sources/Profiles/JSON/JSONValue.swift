/// A value in a ``JSONDocument``.
package struct JSONValue: Sendable {
    let document: JSONDocument
    let index: Int

    private var node: JSONDocument.Node { self.document.nodes[self.index] }

    /// What kind of value it is.
    package var kind: JSONDocument.Kind { self.node.kind }

    /// Where it stands in the text.
    package var range: Range<Int> { Int(self.node.start)..<Int(self.node.end) }

    /// The bytes it was written with.
    package var bytes: ArraySlice<UInt8> { self.document.bytes[self.range] }

    /// Its text when it is a string, escapes undone; `nil` for any other value.
    package var string: String? {
        guard self.node.kind == .string else { return nil }
        return String(decoding: self.document.text(ofStringAt: self.index), as: UTF8.self)
    }

    /// The elements when it is an array, in order; `nil` for any other value.
    package var elements: [JSONValue]? {
        guard self.node.kind == .array else { return nil }
        var elements: [JSONValue] = []
        var child = self.index + 1
        while child < self.node.next {
            elements.append(JSONValue(document: self.document, index: child))
            child = Int(self.document.nodes[child].next)
        }
        return elements
    }

    /// The members when it is an object, in order; `nil` for any other value.
    package var members: [(name: String, value: JSONValue)]? {
        guard self.node.kind == .object else { return nil }
        var members: [(name: String, value: JSONValue)] = []
        self.forEachMember { name, value in
            members.append((String(decoding: self.document.text(ofStringAt: name), as: UTF8.self), value))
            return true
        }
        return members
    }

    /// The members of an object that are called otherwise than these, as they stand, with commas between.
    package func members(without names: [String]) -> [UInt8] {
        var kept: [UInt8] = []
        guard self.node.kind == .object else { return kept }
        self.forEachMember { name, value in
            let text = self.document.text(ofStringAt: name)
            if names.contains(where: { text.elementsEqual($0.utf8) }) { return true }
            if !kept.isEmpty { kept.append(UInt8(ascii: ",")) }
            kept += JSONValue(document: self.document, index: name).bytes
            kept.append(UInt8(ascii: ":"))
            kept += value.bytes
            return true
        }
        return kept
    }

    /// The member of this name, compared octet by octet; `nil` when there is none or this is not an object.
    package subscript(name: String) -> JSONValue? {
        guard self.node.kind == .object else { return nil }
        var found: JSONValue?
        self.forEachMember { candidate, value in
            guard self.document.text(ofStringAt: candidate).elementsEqual(name.utf8) else { return true }
            found = value
            return false
        }
        return found
    }

    /// Visits the members until `body` says that it has seen enough.
    private func forEachMember(_ body: (_ name: Int, _ value: JSONValue) -> Bool) {
        var name = self.index + 1
        while name < self.node.next {
            guard body(name, JSONValue(document: self.document, index: name + 1)) else { return }
            name = Int(self.document.nodes[name + 1].next)
        }
    }
}
