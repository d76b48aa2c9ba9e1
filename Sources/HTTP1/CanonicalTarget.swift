/// A request target in the one form that is decided on *and* forwarded.
///
/// Two programs that read one path differently are two doors with one guard. So there is one reading, its result is what
/// travels on, and what could be read in two ways is refused:
///
/// | written | read as |
/// |---|---|
/// | `/a/./b`, `/a//b` | `/a/b` |
/// | `/a/../b`, also with `%2e` | `/b`; refused above the root |
/// | `%41`, `%7e` | `A`, `~`: never escaped when unreserved |
/// | `%3a`, `%3b`, `%20` | `%3A`, `%3B`, `%20`: escaped as it was, in capitals |
/// | `<`, `[`, `^`, `{`, `\|` and their like | `%3C`, `%5B`, `%5E`, `%7B`, `%7C`, as browsers differ on them |
/// | `%2f`, `%5c`, `\`, `;` | refused: a separator to some servers and a letter to others |
/// | `%00` to `%1f`, `%7f`, bad escapes, bytes that are not UTF-8, `#` | refused |
/// | `%252e`, `%25` before any two hex digits | refused: it would be another path to a server that decodes twice |
///
/// The canonical path starts with `/`, has no empty, `.` or `..` segment, and is its own canonical form. Case, a final
/// slash and Unicode normal forms are left as they are: they can name different things. The query is checked and carried
/// unchanged, since its grammar belongs to the service.
///
/// One value serves a connection for its whole life.
///
/// Source: RFC 3986, sections 5.2.4 and 6.2.2.
package struct CanonicalTarget: Sendable {
    /// Path, and `?` and query if there is one: what is written into the request line.
    package private(set) var bytes: [UInt8] = []
    /// How many of ``bytes`` are the path.
    package private(set) var pathLength = 0

    package init() {
        self.bytes.reserveCapacity(256)
    }

    /// Where the path is in ``bytes``.
    package var path: Range<Int> { 0..<self.pathLength }

    /// Where the query is in ``bytes``, without its `?`; `nil` if there is no `?`.
    package var query: Range<Int>? {
        self.pathLength < self.bytes.count ? self.pathLength + 1..<self.bytes.count : nil
    }

    /// Reads the path and query of a request.
    ///
    /// - Parameters:
    ///   - source: The bytes that the request was read from.
    ///   - range: ``RequestHead/pathAndQuery``; an empty path is `/`.
    /// - Throws: ``HTTPFault`` if there is no one reading of it; then it holds nothing, neither of this target nor of the last.
    package mutating func read(_ source: Span<UInt8>, in range: Range<Int>) throws(HTTPFault) {
        do throws(HTTPFault) {
            try self.readAll(source, in: range)
        } catch {
            self.bytes.removeAll(keepingCapacity: true)
            self.pathLength = 0
            throw error
        }
    }

    private mutating func readAll(_ source: Span<UInt8>, in range: Range<Int>) throws(HTTPFault) {
        self.bytes.removeAll(keepingCapacity: true)
        self.bytes.append(UInt8(ascii: "/"))
        var offset = range.lowerBound
        if offset < range.upperBound, source[offset] == UInt8(ascii: "/") {
            offset += 1
        } else if offset < range.upperBound, source[offset] != UInt8(ascii: "?") {
            throw .malformedTarget
        }
        let end = try self.readPath(source, in: offset..<range.upperBound)
        self.pathLength = self.bytes.count
        try self.readQuery(source, in: end..<range.upperBound)
    }

    /// - Returns: Where the path ended: at `?` or the end.
    private mutating func readPath(_ source: Span<UInt8>, in range: Range<Int>) throws(HTTPFault) -> Int {
        var offset = range.lowerBound
        var segmentStart = self.bytes.count
        while offset < range.upperBound {
            let byte = source[offset]
            if ByteClass.segment.contains(byte) {
                let start = offset
                repeat { offset &+= 1 } while offset < range.upperBound && ByteClass.segment.contains(source[offset])
                self.bytes.write(source.extracting(start..<offset))
                continue
            }
            switch byte {
            case UInt8(ascii: "/"):
                if try self.closeSegment(from: segmentStart) { self.bytes.append(byte) }
                segmentStart = self.bytes.count
                offset &+= 1
            case UInt8(ascii: "?"):
                _ = try self.closeSegment(from: segmentStart)
                return offset
            case UInt8(ascii: "%"):
                offset = try self.readEscape(source, at: offset, end: range.upperBound)
            case UInt8(ascii: "\\"): throw .backslashInPath
            case UInt8(ascii: ";"): throw .pathParameter
            case UInt8(ascii: "#"): throw .malformedTarget
            case 0x21..<Octet.delete:
                self.appendEscaped(byte)
                offset &+= 1
            default: throw .malformedTarget
            }
        }
        _ = try self.closeSegment(from: segmentStart)
        return offset
    }

    /// Takes away a segment that is empty, `.` or `..`, and with the last the one before it.
    ///
    /// - Returns: Whether a segment stays, so that a slash is due after it.
    private mutating func closeSegment(from start: Int) throws(HTTPFault) -> Bool {
        let length = self.bytes.count - start
        if length == 0 { return false }
        guard length <= 2, self.bytes[start] == UInt8(ascii: "."), self.bytes[start + length - 1] == UInt8(ascii: ".")
        else { return true }
        self.bytes.removeLast(length)
        if length == 2 {
            guard self.bytes.count > 1 else { throw .pathAboveRoot }
            self.bytes.removeLast()
            while self.bytes.last != UInt8(ascii: "/") { self.bytes.removeLast() }
        }
        return false
    }

    /// - Returns: The offset after the escape, or after all escapes of one character.
    private mutating func readEscape(_ source: Span<UInt8>, at offset: Int, end: Int) throws(HTTPFault) -> Int {
        let byte = try Self.escapedByte(source, at: offset, end: end)
        switch byte {
        case _ where ByteClass.unreserved.contains(byte):
            self.bytes.append(byte)
        case ..<0x20, Octet.delete: throw .escapedControl
        case UInt8(ascii: "/"), UInt8(ascii: "\\"): throw .escapedSlash
        case UInt8(ascii: "%"):
            // The digits may be escaped themselves: `%25%32%65` is as bad as `%252e`.
            guard !Self.spellsEscape(source, at: offset + 3, end: end) else { throw .doublyEscaped }
            self.appendEscaped(byte)
        case 0x80...:
            return try self.readCharacter(source, at: offset, end: end, leading: byte)
        default:
            self.appendEscaped(byte)
        }
        return offset + 3
    }

    /// Reads the escapes of one character outside ASCII.
    ///
    /// Source: RFC 3629, section 4: no overlong forms, no surrogates, nothing above U+10FFFF.
    private mutating func readCharacter(
        _ source: Span<UInt8>,
        at start: Int,
        end: Int,
        leading: UInt8
    ) throws(HTTPFault) -> Int {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch leading {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: throw .invalidUTF8
        }
        self.appendEscaped(leading)
        var offset = start + 3
        for index in 1..<length {
            guard offset < end, source[offset] == UInt8(ascii: "%") else { throw .invalidUTF8 }
            let byte = try Self.escapedByte(source, at: offset, end: end)
            guard (index == 1 ? second : 0x80...0xBF).contains(byte) else { throw .invalidUTF8 }
            self.appendEscaped(byte)
            offset += 3
        }
        return offset
    }

    private mutating func readQuery(_ source: Span<UInt8>, in range: Range<Int>) throws(HTTPFault) {
        var offset = range.lowerBound
        self.bytes.write(source.extracting(range))
        while offset < range.upperBound {
            let byte = source[offset]
            switch byte {
            case UInt8(ascii: "%"): _ = try Self.escapedByte(source, at: offset, end: range.upperBound)
            case UInt8(ascii: "#"): throw .malformedTarget
            case 0x21..<Octet.delete: break
            default: throw .malformedTarget
            }
            offset &+= 1
        }
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        self.bytes.append(UInt8(ascii: "%"))
        self.bytes.append(hexDigit(byte &>> 4))
        self.bytes.append(hexDigit(byte & 0x0F))
    }

    /// The byte that `%XX` at `offset` stands for.
    private static func escapedByte(_ source: Span<UInt8>, at offset: Int, end: Int) throws(HTTPFault) -> UInt8 {
        guard offset + 2 < end, let high = hexValue(source[offset + 1]), let low = hexValue(source[offset + 2]) else {
            throw .malformedEscape
        }
        return high &<< 4 | low
    }

    /// Whether two hexadecimal digits stand at `offset`, as themselves or escaped.
    private static func spellsEscape(_ source: Span<UInt8>, at offset: Int, end: Int) -> Bool {
        var offset = offset
        for _ in 0..<2 {
            guard offset < end else { return false }
            var byte = source[offset]
            offset += 1
            if byte == UInt8(ascii: "%") {
                guard let escaped = try? Self.escapedByte(source, at: offset - 1, end: end) else { return false }
                byte = escaped
                offset += 2
            }
            guard hexValue(byte) != nil else { return false }
        }
        return true
    }
}
