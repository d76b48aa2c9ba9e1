/// Finding where a body ends, from the fields of its head.
///
/// Source: RFC 9112, section 6. Where it lets a recipient choose between repair and refusal, this refuses.
extension FieldTable {
    /// The framing of a request.
    func requestFraming(_ bytes: Span<UInt8>, version: HTTPVersion) throws(HTTPFault) -> BodyFraming {
        if self.present.contains(.transferEncoding) {
            try self.requireChunked(bytes, version: version)
            return .chunked
        }
        guard let length = try self.contentLength(bytes), length > 0 else { return .none }
        return .length(length)
    }

    /// Throws unless `transfer-encoding` is exactly `chunked`, once, alone, in HTTP/1.1.
    func requireChunked(_ bytes: Span<UInt8>, version: HTTPVersion) throws(HTTPFault) {
        guard !self.present.contains(.contentLength) else { throw .lengthAndTransferEncoding }
        guard version == .http11 else { throw .transferEncodingBeforeHTTP11 }
        guard !self.repeated.contains(.transferEncoding) else { throw .repeatedTransferEncoding }
        guard let coding = self.value(of: .transferEncoding), bytes.equalsIgnoringCase("chunked", in: coding) else {
            throw .unknownTransferEncoding
        }
    }

    /// The value of `content-length`, if there is one.
    ///
    /// No sign, no list, no leading zero, no repetition even of the same number: each of these has been read in two ways
    /// by two servers.
    func contentLength(_ bytes: Span<UInt8>) throws(HTTPFault) -> Int? {
        guard let range = self.value(of: .contentLength) else { return nil }
        guard !self.repeated.contains(.contentLength) else { throw .repeatedContentLength }
        // 18 digits always fit an `Int`.
        guard !range.isEmpty, range.count <= 18 else { throw .malformedContentLength }
        guard range.count == 1 || bytes[range.lowerBound] != UInt8(ascii: "0") else { throw .malformedContentLength }
        var length = 0
        for offset in range {
            let digit = bytes[offset] &- UInt8(ascii: "0")
            guard digit < 10 else { throw .malformedContentLength }
            length = length &* 10 &+ Int(digit)
        }
        return length
    }
}
