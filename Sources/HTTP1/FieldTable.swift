/// The fields of one head, as offsets into the bytes they were read from.
///
/// Holds no text: every range is counted from the first byte of the span that was parsed and is valid for as long as the
/// caller keeps those bytes. One table serves a connection for life, so a request allocates nothing.
package struct FieldTable: Sendable {
    /// One field line.
    package struct Field: Hashable, Sendable {
        /// What the name is, or what kind of name.
        package fileprivate(set) var name: FieldName
        /// Whether the line reads `name: value` with a single space and nothing after the value.
        ///
        /// Such lines are copied whole when a head is passed on, neighbours in one go.
        package let isTidy: Bool
        @usableFromInline let nameLength: UInt16
        @usableFromInline let nameStart: UInt32
        @usableFromInline let valueStart: UInt32
        @usableFromInline let valueEnd: UInt32

        fileprivate init(name: FieldName, nameRange: Range<Int>, value: Range<Int>, isTidy: Bool) {
            self.name = name
            self.isTidy = isTidy
            self.nameLength = UInt16(truncatingIfNeeded: nameRange.count)
            self.nameStart = UInt32(truncatingIfNeeded: nameRange.lowerBound)
            self.valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
            self.valueEnd = UInt32(truncatingIfNeeded: value.upperBound)
        }

        /// Where the name is.
        @inlinable
        package var nameRange: Range<Int> { Int(self.nameStart)..<Int(self.nameStart) &+ Int(self.nameLength) }
        /// Where the value is, blanks at its ends left out.
        @inlinable
        package var value: Range<Int> { Int(self.valueStart)..<Int(self.valueEnd) }
    }

    /// Offsets are 32 bits and name lengths 16: no head may be longer, whatever the limits say.
    static let longestHead = 65_535

    @usableFromInline private(set) var fields: [Field] = []
    /// Which names occur.
    package private(set) var present: FieldSet = []
    /// Which names occur more than once.
    package private(set) var repeated: FieldSet = []

    package init() {
        self.fields.reserveCapacity(32)
    }

    /// How many field lines there are.
    @inlinable
    package var count: Int { self.fields.count }

    /// A field line by its place.
    @inlinable
    package subscript(index: Int) -> Field { self.fields[index] }

    /// Whether a field of this name or kind is there.
    @inlinable
    package func contains(_ name: FieldName) -> Bool { self.present.contains(name) }

    /// The value of the first field of this name.
    @inlinable
    package func value(of name: FieldName) -> Range<Int>? {
        guard self.present.contains(name) else { return nil }
        for field in self.fields where field.name == name { return field.value }
        return nil
    }

    /// The value of the first field whose name is `name`, a small-letter text: a walk over all fields, for rare names.
    package func value(named name: StaticString, in bytes: Span<UInt8>) -> Range<Int>? {
        for field in self.fields where bytes.equalsIgnoringCase(name, in: field.nameRange) { return field.value }
        return nil
    }

    /// Forgets the fields, keeps the memory.
    mutating func removeAll() {
        self.fields.removeAll(keepingCapacity: true)
        self.present = []
        self.repeated = []
    }
}

// MARK: - Reading

extension FieldTable {
    /// Reads field lines up to and with the empty line that ends them.
    ///
    /// - Parameters:
    ///   - bytes: The message from its first byte.
    ///   - lineStart: Where the next line starts; moved past each line read, so that reading can go on later.
    ///   - names: The book of known names.
    ///   - limit: How many fields are taken.
    /// - Returns: Whether the empty line was reached; if not, more bytes are needed.
    /// - Throws: ``HTTPFault`` for the first line that is not exactly a field line.
    ///
    /// Source: RFC 9112, section 5; stricter than it where it lets a recipient choose.
    mutating func read(
        _ bytes: Span<UInt8>,
        from lineStart: inout Int,
        names: FieldNames,
        limit: Int
    ) throws(HTTPFault) -> Bool {
        while lineStart < bytes.count {
            let start = lineStart
            var offset = start
            while offset < bytes.count, ByteClass.token.contains(bytes[offset]) { offset &+= 1 }
            guard offset < bytes.count else { return false }
            guard bytes[offset] == UInt8(ascii: ":"), offset > start else {
                return try Self.endOfSection(bytes, at: offset, lineStart: &lineStart)
            }
            let nameRange = start..<offset

            let end = try Self.endOfLine(bytes, from: offset &+ 1)
            guard let end else { return false }
            guard self.fields.count < limit else { throw .tooManyFields }
            let value = bytes.trimmingBlanks(offset &+ 1..<end)
            let isTidy = value.upperBound == end && value.lowerBound == offset &+ 2 && bytes[offset &+ 1] == Octet.space
            let name = names.name(of: bytes, in: nameRange)
            if self.present.contains(name) { self.repeated.insert(FieldSet(name)) }
            self.present.insert(FieldSet(name))
            self.fields.append(Field(name: name, nameRange: nameRange, value: value, isTidy: isTidy))
            lineStart = end &+ 2
        }
        return false
    }

    /// The line at `lineStart` does not begin with a name and a colon: the empty line, or a fault.
    private static func endOfSection(
        _ bytes: Span<UInt8>,
        at offset: Int,
        lineStart: inout Int
    ) throws(HTTPFault) -> Bool {
        let isFirst = offset == lineStart
        switch bytes[offset] {
        case Octet.carriageReturn where isFirst:
            guard offset &+ 1 < bytes.count else { return false }
            guard bytes[offset &+ 1] == Octet.lineFeed else { throw .bareCarriageReturn }
            lineStart = offset &+ 2
            return true
        case Octet.lineFeed: throw .bareLineFeed
        case Octet.carriageReturn: throw .fieldWithoutColon
        case Octet.space, Octet.tab: throw isFirst ? .foldedField : .blankBeforeColon
        default: throw .invalidFieldName
        }
    }

    /// The offset of the CR LF that ends a value, or `nil` if it has not arrived.
    @inline(__always)
    private static func endOfLine(_ bytes: Span<UInt8>, from start: Int) throws(HTTPFault) -> Int? {
        var offset = start
        while true {
            offset = bytes.firstControl(from: offset)
            guard offset < bytes.count else { return nil }
            switch bytes[offset] {
            case Octet.tab: offset &+= 1
            case Octet.carriageReturn:
                guard offset &+ 1 < bytes.count else { return nil }
                guard bytes[offset &+ 1] == Octet.lineFeed else { throw .bareCarriageReturn }
                return offset
            case Octet.lineFeed: throw .bareLineFeed
            default: throw .controlByteInValue
            }
        }
    }
}

// MARK: - The connection field

extension FieldTable {
    /// Reads what `connection` says, and marks the fields that it makes hop-by-hop.
    ///
    /// Only names that are not known to us can be nominated: the known hop-by-hop ones go anyway, and the known others
    /// stay, or a client could have its own identity, framing or trace removed on the way to the upstream.
    ///
    /// Source: RFC 9110, section 7.6.1.
    mutating func readConnection(_ bytes: Span<UInt8>, names: FieldNames) throws(HTTPFault) -> ConnectionOptions {
        var options: ConnectionOptions = []
        guard self.present.contains(.connection) else { return options }
        var nominations = 0
        for index in self.fields.indices where self.fields[index].name == .connection {
            let value = self.fields[index].value
            var start = value.lowerBound
            while start < value.upperBound {
                var end = start
                while end < value.upperBound, bytes[end] != UInt8(ascii: ",") { end &+= 1 }
                let token = bytes.trimmingBlanks(start..<end)
                start = end &+ 1
                if token.isEmpty { continue }
                if bytes.equalsIgnoringCase("close", in: token) {
                    options.insert(.close)
                } else if bytes.equalsIgnoringCase("keep-alive", in: token) {
                    options.insert(.keepAlive)
                } else if bytes.equalsIgnoringCase("upgrade", in: token) {
                    options.insert(.upgrade)
                } else {
                    nominations += 1
                    // Each nomination is a walk over all fields, so their number must be small.
                    guard nominations <= 16 else { throw .tooManyConnectionOptions }
                    self.nominate(token, bytes)
                }
            }
        }
        return options
    }

    private mutating func nominate(_ token: Range<Int>, _ bytes: Span<UInt8>) {
        for index in self.fields.indices
        where self.fields[index].name == .other && bytes.equalsIgnoringCase(token, self.fields[index].nameRange) {
            self.fields[index].name = .nominated
            self.present.insert(FieldSet(.nominated))
        }
    }
}
