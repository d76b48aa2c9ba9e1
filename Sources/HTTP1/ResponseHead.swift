/// The head of an upstream's response, read in place.
///
/// As strict as ``RequestHead``: an upstream that can be made to answer with a stray CR or two lengths would otherwise
/// let one person write the answer that another one reads. Any fault means 502 and a closed upstream connection.
///
/// Interim responses (1xx) are heads of their own: after one, parse the next. 101 ends HTTP on the connection.
///
/// Source: RFC 9112, sections 4 and 6.3.
package struct ResponseHead: Sendable {
    /// The status code, 100 to 599.
    package private(set) var status = 0
    /// The reason phrase; may be empty.
    package private(set) var reason: Range<Int> = 0..<0
    /// The version the upstream wrote.
    package private(set) var version: HTTPVersion = .http11
    /// The fields.
    package private(set) var fields = FieldTable()
    /// How the body ends, the method of the request taken into account.
    package private(set) var body: BodyFraming = .none
    /// The length that the upstream stated, also where no body follows (answers to `HEAD`, 304).
    package private(set) var statedLength: Int?
    /// What `connection` says.
    package private(set) var connection: ConnectionOptions = []

    private let limits: HTTPLimits
    private let names: FieldNames
    private var lineStart = 0
    private var searched = 0
    private var hasStatusLine = false
    @usableFromInline private(set) var isBodyDoubtful = false

    /// Makes a reader.
    package init(limits: HTTPLimits = HTTPLimits(), names: FieldNames = .standard) {
        self.limits = limits
        self.names = names
    }

    /// Whether a final response follows this one.
    @inlinable
    package var isInterim: Bool { self.status < 200 && self.status != 101 }

    /// Whether the upstream connection can carry another request once the body has ended.
    @inlinable
    package var keepsAlive: Bool {
        self.connection.persists(in: self.version) && self.body != .untilClose && !self.isBodyDoubtful
            && self.status != 101
    }

    /// Forgets the response, keeps the memory.
    package mutating func reset() {
        self.fields.removeAll()
        self.lineStart = 0
        self.searched = 0
        self.hasStatusLine = false
        self.isBodyDoubtful = false
        self.body = .none
        self.statedLength = nil
        self.connection = []
    }

    /// Reads the head at the start of `bytes`.
    ///
    /// - Parameters:
    ///   - bytes: Everything received since the head began; on later calls the same bytes and more.
    ///   - method: What was asked, since an answer to `HEAD` has no body.
    /// - Returns: How far it came; after `.complete` and `.malformed` the value must be ``reset()``.
    package mutating func parse(_ bytes: Span<UInt8>, answering method: Method) -> HeadProgress {
        if self.searched > 0, !bytes.hasLineFeed(from: self.searched) { return self.wait(bytes) }
        do throws(HTTPFault) {
            if !self.hasStatusLine {
                guard try self.readStatusLine(bytes) else { return self.wait(bytes) }
            }
            let isComplete = try self.fields.read(
                bytes,
                from: &self.lineStart,
                names: self.names,
                limit: self.limits.fields
            )
            guard isComplete else { return self.wait(bytes) }
            guard self.lineStart <= self.headLimit else { throw .headTooLarge }
            self.connection = try self.fields.readConnection(bytes, names: self.names)
            try self.readFraming(bytes, answering: method)
            return .complete(length: self.lineStart)
        } catch {
            return .malformed(error)
        }
    }

    private var headLimit: Int { min(self.limits.headBytes, FieldTable.longestHead) }

    private mutating func wait(_ bytes: Span<UInt8>) -> HeadProgress {
        self.searched = bytes.count
        return bytes.count > self.headLimit ? .malformed(.headTooLarge) : .needMore
    }

    private mutating func readStatusLine(_ bytes: Span<UInt8>) throws(HTTPFault) -> Bool {
        guard let version = try HTTPVersion.read(bytes, at: 0) else { return false }
        guard bytes.count >= 13 else {
            // A shorter status line with its CR LF is complete, and wrong.
            guard !bytes.hasLineFeed(from: 8) else { throw .malformedStatusLine }
            return false
        }
        guard bytes[8] == Octet.space else { throw .malformedStatusLine }
        var status = 0
        for offset in 9..<12 {
            let digit = bytes[offset] &- UInt8(ascii: "0")
            guard digit < 10 else { throw .malformedStatusLine }
            status = status * 10 + Int(digit)
        }
        guard (100...599).contains(status) else { throw .malformedStatusLine }

        // The blank after the code is left out by upstreams that have no reason to give; there is one reading of that.
        let reasonStart = bytes[12] == Octet.space ? 13 : 12
        var offset = bytes.firstControl(from: reasonStart)
        while offset < bytes.count, bytes[offset] == Octet.tab { offset = bytes.firstControl(from: offset + 1) }
        guard offset < bytes.count else { return false }
        guard bytes[offset] != Octet.lineFeed else { throw .bareLineFeed }
        guard bytes[offset] == Octet.carriageReturn, reasonStart == 13 || offset == 12 else {
            throw .malformedStatusLine
        }
        guard offset + 1 < bytes.count else { return false }
        guard bytes[offset + 1] == Octet.lineFeed else { throw .bareCarriageReturn }
        self.version = version
        self.status = status
        self.reason = reasonStart..<offset
        self.lineStart = offset + 2
        self.hasStatusLine = true
        return true
    }

    private mutating func readFraming(_ bytes: Span<UInt8>, answering method: Method) throws(HTTPFault) {
        let isChunked = self.fields.contains(.transferEncoding)
        if isChunked { try self.fields.requireChunked(bytes, version: self.version) }
        self.statedLength = try self.fields.contentLength(bytes)

        if self.status < 200 || self.status == 204 {
            // These have no body whatever they say; one that says otherwise may send it all the same.
            self.isBodyDoubtful = isChunked || self.statedLength.map { $0 > 0 } == true
            self.statedLength = nil
            self.body = .none
        } else if method == .head || self.status == 304 {
            self.body = .none
        } else if isChunked {
            self.body = .chunked
        } else if let length = self.statedLength {
            self.body = length > 0 ? .length(length) : .none
        } else {
            self.body = .untilClose
        }
    }
}
