/// The head of a request, read in place.
///
/// One value serves a connection for its whole life. Feed it the readable bytes until it says `.complete`, use its ranges
/// while those bytes stay where they are, then ``reset()`` it for the next request:
///
///     switch head.parse(buffer.readableBytesUInt8Span) {
///     case .needMore: return
///     case .complete(let length): …  // head.fields.value(of: .host), head.body, …
///     case .malformed(let fault): …  // answer fault.status, close
///     }
///
/// All ranges count from the first byte of the span given to ``parse(_:)``. Reading is linear however the bytes arrive.
///
/// Source: RFC 9112, sections 2 to 6, always in the stricter reading.
package struct RequestHead: Sendable {
    /// What is asked.
    package private(set) var method: Method = .other
    /// The method's bytes.
    package private(set) var methodRange: Range<Int> = 0..<0
    /// The request target as it was written.
    package private(set) var target: Range<Int> = 0..<0
    /// The path and query within ``target``: all of it, or what follows the authority of an absolute target.
    ///
    /// Empty for `OPTIONS *` and for an absolute target without a path.
    package private(set) var pathAndQuery: Range<Int> = 0..<0
    /// Whether the target is `*`, which only `OPTIONS` may have.
    package private(set) var isAsterisk = false
    /// The version the client wrote.
    package private(set) var version: HTTPVersion = .http11
    /// The fields.
    package private(set) var fields = FieldTable()
    /// How the body ends.
    package private(set) var body: BodyFraming = .none
    /// What `connection` says.
    package private(set) var connection: ConnectionOptions = []
    /// The host as the client named it, checked.
    package private(set) var host = HostName()
    /// Whether the client waits for `100 Continue` before it sends the body.
    package private(set) var expectsContinue = false

    private let limits: HTTPLimits
    private let names: FieldNames
    /// Where the line to be read next starts.
    private var lineStart = 0
    /// Bytes that are known to hold no further complete line.
    private var searched = 0
    private var hasRequestLine = false

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - limits: What is refused for its size.
    ///   - names: The book of known names.
    package init(limits: HTTPLimits = HTTPLimits(), names: FieldNames = .standard) {
        self.limits = limits
        self.names = names
    }

    /// Whether the connection can carry another request after this one.
    @inlinable
    package var keepsAlive: Bool { self.connection.persists(in: self.version) }

    /// Whether the client asks for another protocol on this connection.
    package var wantsUpgrade: Bool {
        self.version == .http11 && self.connection.contains(.upgrade) && self.fields.contains(.upgrade)
    }

    /// Forgets the request, keeps the memory.
    package mutating func reset() {
        self.fields.removeAll()
        self.lineStart = 0
        self.searched = 0
        self.hasRequestLine = false
        self.body = .none
        self.connection = []
        self.expectsContinue = false
        self.isAsterisk = false
    }

    /// Reads the head at the start of `bytes`.
    ///
    /// - Parameter bytes: Everything received since the head began; on later calls the same bytes and more.
    /// - Returns: How far it came; after `.complete` and `.malformed` the value must be ``reset()``.
    package mutating func parse(_ bytes: Span<UInt8>) -> HeadProgress {
        // Without a new line feed nothing can have become complete: so a head that drips in is scanned only once.
        if self.searched > 0, !bytes.hasLineFeed(from: self.searched) { return self.wait(bytes) }
        do throws(HTTPFault) {
            if !self.hasRequestLine {
                guard try self.readRequestLine(bytes) else { return self.wait(bytes) }
            }
            let isComplete = try self.fields.read(
                bytes,
                from: &self.lineStart,
                names: self.names,
                limit: self.limits.fields
            )
            guard isComplete else { return self.wait(bytes) }
            guard self.lineStart <= self.headLimit else { throw .headTooLarge }
            try self.finish(bytes)
            return .complete(length: self.lineStart)
        } catch {
            return .malformed(error)
        }
    }

    private var headLimit: Int { min(self.limits.headBytes, FieldTable.longestHead) }

    private mutating func wait(_ bytes: Span<UInt8>) -> HeadProgress {
        self.searched = bytes.count
        if !self.hasRequestLine, bytes.count - self.lineStart > self.limits.targetBytes + 64 {
            return .malformed(.targetTooLong)
        }
        return bytes.count > self.headLimit ? .malformed(.headTooLarge) : .needMore
    }
}

// MARK: - The request line

extension RequestHead {
    private mutating func readRequestLine(_ bytes: Span<UInt8>) throws(HTTPFault) -> Bool {
        guard !bytes.isEmpty else { return false }
        if self.lineStart == 0, bytes[0] == Octet.carriageReturn {
            // RFC 9112, section 2.2: one empty line before a request is forgiven, as old clients end a body with it.
            guard bytes.count > 1 else { return false }
            guard bytes[1] == Octet.lineFeed else { throw .bareCarriageReturn }
            self.lineStart = 2
        }
        var offset = self.lineStart
        while offset < bytes.count, ByteClass.token.contains(bytes[offset]) { offset &+= 1 }
        guard offset - self.lineStart <= 32 else { throw .methodTooLong }
        guard offset < bytes.count else { return false }
        guard bytes[offset] == Octet.space, offset > self.lineStart else { throw Self.fault(at: bytes[offset]) }
        self.methodRange = self.lineStart..<offset

        let targetStart = offset &+ 1
        offset = bytes.firstInvisible(from: targetStart)
        guard offset - targetStart <= self.limits.targetBytes else { throw .targetTooLong }
        guard offset < bytes.count else { return false }
        guard bytes[offset] == Octet.space, offset > targetStart else { throw Self.fault(at: bytes[offset]) }
        self.target = targetStart..<offset

        guard let version = try HTTPVersion.read(bytes, at: offset &+ 1) else { return false }
        self.version = version
        offset &+= 9
        guard offset < bytes.count else { return false }
        guard bytes[offset] != Octet.lineFeed else { throw .bareLineFeed }
        guard bytes[offset] == Octet.carriageReturn else { throw .malformedVersion }
        guard offset &+ 1 < bytes.count else { return false }
        guard bytes[offset &+ 1] == Octet.lineFeed else { throw .bareCarriageReturn }
        self.method = Method(bytes, in: self.methodRange)
        self.lineStart = offset &+ 2
        self.hasRequestLine = true
        return true
    }

    private static func fault(at byte: UInt8) -> HTTPFault {
        byte == Octet.lineFeed ? .bareLineFeed : .malformedRequestLine
    }
}

// MARK: - What the fields mean together

extension RequestHead {
    private mutating func finish(_ bytes: Span<UInt8>) throws(HTTPFault) {
        guard self.method != .connect else { throw .connectRefused }
        self.connection = try self.fields.readConnection(bytes, names: self.names)
        self.body = try self.fields.requestFraming(bytes, version: self.version)
        guard self.fields.repeated.isDisjoint(with: .singletons) else { throw .repeatedField }

        guard let host = self.fields.value(of: .host) else { throw .missingHost }
        guard !self.fields.repeated.contains(.host) else { throw .repeatedHost }
        self.host = try HostName(bytes, in: host)
        try self.readTarget(bytes, host: host)

        if let expectation = self.fields.value(of: .expect) {
            guard bytes.equalsIgnoringCase("100-continue", in: expectation) else { throw .unknownExpectation }
            // RFC 9110, section 10.1.1: whoever speaks HTTP/1.0 does not wait.
            self.expectsContinue = self.version == .http11 && self.body != .none
        }
    }

    /// Source: RFC 9112, section 3.2.
    private mutating func readTarget(_ bytes: Span<UInt8>, host: Range<Int>) throws(HTTPFault) {
        let first = bytes[self.target.lowerBound]
        if first == UInt8(ascii: "/") {
            self.pathAndQuery = self.target
            return
        }
        if first == UInt8(ascii: "*"), self.target.count == 1 {
            guard self.method == .options else { throw .malformedTarget }
            self.isAsterisk = true
            self.pathAndQuery = self.target.upperBound..<self.target.upperBound
            return
        }
        let start = self.target.lowerBound
        var authorityStart = start
        if self.target.count > 7, bytes.equalsIgnoringCase("http://", in: start..<start + 7) {
            authorityStart += 7
        } else if self.target.count > 8, bytes.equalsIgnoringCase("https://", in: start..<start + 8) {
            authorityStart += 8
        } else {
            throw .malformedTarget
        }
        var end = authorityStart
        let delimiters: (UInt8, UInt8) = (UInt8(ascii: "/"), UInt8(ascii: "?"))
        while end < self.target.upperBound, bytes[end] != delimiters.0, bytes[end] != delimiters.1 { end += 1 }
        // A client that names two hosts means to be understood differently by two readers. Userinfo equals no host.
        guard bytes.equalsIgnoringCase(authorityStart..<end, host) else { throw .hostDiffersFromTarget }
        self.pathAndQuery = end..<self.target.upperBound
    }
}
