/// Reads a chunked body: checks its framing and says which bytes are the body's own.
///
/// A machine over single bytes for the framing and over ranges for the data, so any split of the input reads alike and
/// nothing is buffered but a trailer section. Framing never travels on: whoever passes the body on writes chunks of his
/// own around the ranges (``ByteSink/writeChunkSize(_:)``), and so extensions and trailers end here.
///
///     var offset = 0
///     while true {
///         switch chunks.next(bytes, from: &offset) {
///         case .data(let range): …       // body bytes, within `bytes`
///         case .needMore: return         // all of `bytes` is used up
///         case .end: …                   // `offset` is where the next message begins
///         case .malformed(let fault): …  // close
///         }
///     }
///
/// Source: RFC 9112, section 7.1.
package struct ChunkedBody: Sendable {
    /// What was found next.
    package enum Step: Hashable, Sendable {
        /// Everything given is used up.
        case needMore
        /// Body bytes.
        case data(Range<Int>)
        /// The body and its trailers are complete.
        case end
        /// The bytes are not chunks.
        case malformed(HTTPFault)
    }

    private enum State {
        case size
        case extensions
        case sizeLineFeed
        case data
        case dataCarriageReturn
        case dataLineFeed
        case trailers
        case done
    }

    /// Body bytes found so far, to hold against a route's limit.
    package private(set) var count = 0

    private let limits: HTTPLimits
    private let names: FieldNames
    private var state: State = .size
    private var digits = 0
    private var extensionBytes = 0
    private var isQuoted = false
    private var isEscaped = false
    /// The size being read, then the bytes of the chunk that have not come yet.
    private var remaining = 0
    private var trailerBytes: [UInt8] = []

    /// Makes a reader for one body; ``reset()`` makes it ready for the next.
    package init(limits: HTTPLimits = HTTPLimits(), names: FieldNames = .standard) {
        self.limits = limits
        self.names = names
    }

    /// Ready for another body.
    package mutating func reset() {
        self.state = .size
        self.count = 0
        self.digits = 0
        self.remaining = 0
        self.trailerBytes.removeAll(keepingCapacity: true)
    }

    /// Reads on.
    ///
    /// - Parameters:
    ///   - bytes: What was received.
    ///   - offset: Where to read on; moved past what was read.
    /// - Returns: What was found; call again until it is not `.data`.
    package mutating func next(_ bytes: Span<UInt8>, from offset: inout Int) -> Step {
        do throws(HTTPFault) {
            while offset < bytes.count {
                switch self.state {
                case .size:
                    try self.readSizeByte(bytes[offset])
                    offset &+= 1
                case .extensions:
                    try self.readExtensionByte(bytes[offset])
                    offset &+= 1
                case .sizeLineFeed:
                    guard bytes[offset] == Octet.lineFeed else { throw .bareCarriageReturn }
                    offset &+= 1
                    self.state = self.remaining == 0 ? .trailers : .data
                case .data:
                    let range = offset..<offset &+ min(self.remaining, bytes.count &- offset)
                    self.remaining &-= range.count
                    self.count &+= range.count
                    offset = range.upperBound
                    if self.remaining == 0 { self.state = .dataCarriageReturn }
                    return .data(range)
                case .dataCarriageReturn:
                    guard bytes[offset] == Octet.carriageReturn else { throw .malformedChunkEnd }
                    offset &+= 1
                    self.state = .dataLineFeed
                case .dataLineFeed:
                    guard bytes[offset] == Octet.lineFeed else { throw .malformedChunkEnd }
                    offset &+= 1
                    self.digits = 0
                    self.state = .size
                case .trailers:
                    if try self.readTrailers(bytes, from: &offset) { return .end }
                case .done:
                    return .end
                }
            }
            return self.state == .done ? .end : .needMore
        } catch {
            return .malformed(error)
        }
    }
}

// MARK: - The line before a chunk

extension ChunkedBody {
    /// Hexadecimal digits, nothing before them, then CR or an extension.
    private mutating func readSizeByte(_ byte: UInt8) throws(HTTPFault) {
        if let value = hexValue(byte) {
            // 15 digits always fit an `Int`; leading zeros count, since nobody needs a thousand of them.
            guard self.digits < 15 else { throw .chunkTooLarge }
            self.remaining = self.digits == 0 ? Int(value) : self.remaining &<< 4 | Int(value)
            self.digits &+= 1
            return
        }
        guard self.digits > 0 else { throw .malformedChunkSize }
        switch byte {
        case Octet.carriageReturn:
            self.state = .sizeLineFeed
        case UInt8(ascii: ";"):
            self.extensionBytes = 0
            self.isQuoted = false
            self.isEscaped = false
            self.state = .extensions
        case Octet.lineFeed:
            throw .bareLineFeed
        default:
            // Blanks too: RFC 9112 calls them bad, and servers have differed about what follows them.
            throw .malformedChunkSize
        }
    }

    /// An extension is not understood, only followed to its end: tokens, `=`, `;`, and quoted strings.
    ///
    /// A CR ends the line wherever it stands, also within quotes, where it is not allowed.
    private mutating func readExtensionByte(_ byte: UInt8) throws(HTTPFault) {
        self.extensionBytes &+= 1
        guard self.extensionBytes <= self.limits.chunkExtensionBytes else { throw .chunkExtensionTooLong }
        switch byte {
        case Octet.lineFeed:
            throw .bareLineFeed
        case Octet.carriageReturn:
            guard !self.isQuoted else { throw .malformedChunkExtension }
            self.state = .sizeLineFeed
        case _ where self.isQuoted:
            guard byte >= 0x20 && byte != Octet.delete || byte == Octet.tab else { throw .malformedChunkExtension }
            if self.isEscaped {
                self.isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                self.isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                self.isQuoted = false
            }
        case UInt8(ascii: "\""):
            self.isQuoted = true
        case UInt8(ascii: ";"), UInt8(ascii: "="), Octet.space, Octet.tab:
            break
        default:
            guard ByteClass.token.contains(byte) else { throw .malformedChunkExtension }
        }
    }
}

// MARK: - Trailers

extension ChunkedBody {
    /// Collects the trailer section and checks it once it is complete.
    private mutating func readTrailers(_ bytes: Span<UInt8>, from offset: inout Int) throws(HTTPFault) -> Bool {
        while offset < bytes.count {
            let byte = bytes[offset]
            offset &+= 1
            self.trailerBytes.append(byte)
            guard self.trailerBytes.count <= self.limits.trailerBytes else { throw .trailersTooLarge }
            guard byte == Octet.lineFeed else { continue }
            let length = self.trailerBytes.count
            guard length > 1, self.trailerBytes[length - 2] == Octet.carriageReturn else { throw .bareLineFeed }
            // The section ends with an empty line: nothing but CR LF, or CR LF right after a line's own.
            guard length == 2 || length > 3 && self.trailerBytes[length - 3] == Octet.lineFeed else { continue }
            try self.checkTrailers()
            self.state = .done
            return true
        }
        return false
    }

    private func checkTrailers() throws(HTTPFault) {
        guard self.trailerBytes.count > 2 else { return }
        var fields = FieldTable()
        var lineStart = 0
        let isComplete = try fields.read(
            self.trailerBytes.span,
            from: &lineStart,
            names: self.names,
            limit: self.limits.fields
        )
        guard isComplete, lineStart == self.trailerBytes.count else { throw .invalidFieldName }
        guard fields.present.isDisjoint(with: .forbiddenInTrailers) else { throw .forbiddenTrailer }
    }
}
