/// The strict reader behind ``JSONDocument``: one pass, recursion only as deep as the limit allows.
struct JSONParser {
    private let bytes: [UInt8]
    private let limits: JSONLimits
    private var nodes: [JSONDocument.Node] = []
    private var position = 0

    init(_ bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func parse() throws(JSONError) -> [JSONDocument.Node] {
        guard self.bytes.count <= Int(Int32.max) else { throw .unexpected(expected: "a shorter text", at: 0) }
        do {
            _ = try UTF8Span(validating: self.bytes.span)
        } catch {
            throw .notText(at: error.byteOffsets.lowerBound)
        }
        self.skipSpace()
        try self.value(depth: 0)
        self.skipSpace()
        guard self.position == self.bytes.count else {
            throw .unexpected(expected: "the end of the text", at: self.position)
        }
        return self.nodes
    }

    // MARK: - Values

    private mutating func value(depth: Int) throws(JSONError) {
        switch self.peek {
        case UInt8(ascii: "{"): try self.object(depth: depth)
        case UInt8(ascii: "["): try self.array(depth: depth)
        case UInt8(ascii: "\""): try self.string()
        case UInt8(ascii: "t"): try self.word("true", .boolean)
        case UInt8(ascii: "f"): try self.word("false", .boolean)
        case UInt8(ascii: "n"): try self.word("null", .null)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): try self.number()
        default: throw .unexpected(expected: "a value", at: self.position)
        }
    }

    private mutating func object(depth: Int) throws(JSONError) {
        let object = try self.open(.object, depth: depth)
        if !self.skip(UInt8(ascii: "}")) {
            repeat {
                self.skipSpace()
                guard self.peek == UInt8(ascii: "\"") else {
                    throw .unexpected(expected: "a name in quotes", at: self.position)
                }
                try self.string()
                self.skipSpace()
                guard self.skip(UInt8(ascii: ":")) else { throw .unexpected(expected: "`:`", at: self.position) }
                self.skipSpace()
                try self.value(depth: depth + 1)
                self.skipSpace()
            } while self.skip(UInt8(ascii: ","))
            guard self.skip(UInt8(ascii: "}")) else { throw .unexpected(expected: "`,` or `}`", at: self.position) }
        }
        self.close(object)
        try self.refuseRepeatedNames(ofObjectAt: object)
    }

    private mutating func array(depth: Int) throws(JSONError) {
        let array = try self.open(.array, depth: depth)
        if !self.skip(UInt8(ascii: "]")) {
            repeat {
                self.skipSpace()
                try self.value(depth: depth + 1)
                self.skipSpace()
            } while self.skip(UInt8(ascii: ","))
            guard self.skip(UInt8(ascii: "]")) else { throw .unexpected(expected: "`,` or `]`", at: self.position) }
        }
        self.close(array)
    }

    private mutating func string() throws(JSONError) {
        let string = try self.open(.string)
        while let byte = self.peek {
            switch byte {
            case UInt8(ascii: "\""):
                self.position += 1
                self.close(string)
                return
            case UInt8(ascii: "\\"):
                self.nodes[string].isEscaped = true
                try self.escape()
            case 0..<0x20:
                throw .unexpected(expected: "an escape for a control character", at: self.position)
            default:
                self.position += 1
            }
        }
        throw .unexpected(expected: "the closing quote", at: self.position)
    }

    private mutating func escape() throws(JSONError) {
        let start = self.position
        guard let scalar = JSONEscape(self.bytes[start...]) else { throw .notText(at: start) }
        self.position += scalar.length
    }

    private mutating func number() throws(JSONError) {
        let number = try self.open(.number)
        self.position -= 1
        _ = self.skip(UInt8(ascii: "-"))
        if !self.skip(UInt8(ascii: "0")) { try self.digits() }
        if self.skip(UInt8(ascii: ".")) { try self.digits() }
        if self.skip(UInt8(ascii: "e")) || self.skip(UInt8(ascii: "E")) {
            if !self.skip(UInt8(ascii: "-")) { _ = self.skip(UInt8(ascii: "+")) }
            try self.digits()
        }
        self.close(number)
    }

    private mutating func digits() throws(JSONError) {
        let start = self.position
        while let byte = self.peek, UInt8(ascii: "0") <= byte, byte <= UInt8(ascii: "9") { self.position += 1 }
        guard self.position > start else { throw .unexpected(expected: "a digit", at: start) }
    }

    private mutating func word(_ word: String, _ kind: JSONDocument.Kind) throws(JSONError) {
        let node = try self.open(kind)
        self.position -= 1
        let end = self.position + word.utf8.count
        guard end <= self.bytes.count, self.bytes[self.position..<end].elementsEqual(word.utf8) else {
            throw .unexpected(expected: "`\(word)`", at: self.position)
        }
        self.position = end
        self.close(node)
    }

    // MARK: - Nodes

    /// Begins a node at the byte under the cursor, and steps over that byte.
    private mutating func open(_ kind: JSONDocument.Kind, depth: Int = 0) throws(JSONError) -> Int {
        guard self.nodes.count < self.limits.nodes else { throw .tooManyValues(limit: self.limits.nodes) }
        guard depth < self.limits.depth else { throw .tooDeep(limit: self.limits.depth) }
        let start = Int32(self.position)
        self.nodes.append(JSONDocument.Node(kind: kind, start: start, end: start, next: 0))
        self.position += 1
        if kind == .object || kind == .array { self.skipSpace() }
        return self.nodes.count - 1
    }

    private mutating func close(_ node: Int) {
        self.nodes[node].end = Int32(self.position)
        self.nodes[node].next = Int32(self.nodes.count)
    }

    private func refuseRepeatedNames(ofObjectAt object: Int) throws(JSONError) {
        var names: Set<ArraySlice<UInt8>> = []
        var name = object + 1
        while name < self.nodes[object].next {
            let text = self.nodes[name].text(in: self.bytes)
            guard names.insert(text).inserted else { throw .repeatedName(String(decoding: text, as: UTF8.self)) }
            name = Int(self.nodes[name + 1].next)
        }
    }

    // MARK: - Bytes

    private var peek: UInt8? { self.position < self.bytes.count ? self.bytes[self.position] : nil }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard self.peek == byte else { return false }
        self.position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = self.peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { self.position += 1 }
    }
}
