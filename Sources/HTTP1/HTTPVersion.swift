/// The version a message was written in.
package enum HTTPVersion: Hashable, Sendable {
    /// HTTP/1.0: no chunks, and the connection closes unless `keep-alive` was said.
    case http10
    /// HTTP/1.1.
    case http11

    /// Reads `HTTP/1.x` at `offset`.
    ///
    /// - Parameters:
    ///   - bytes: The message from its first byte.
    ///   - offset: Where the version starts.
    /// - Returns: The version, or `nil` if it is not complete yet.
    /// - Throws: ``HTTPFault`` as soon as one byte shows that it cannot become a version we speak.
    static func read(_ bytes: Span<UInt8>, at offset: Int) throws(HTTPFault) -> HTTPVersion? {
        // `HTTP/1.` as one word, first byte lowest; the eighth byte is the minor version.
        let expected: UInt64 = 0x2E31_2F50_5454_48
        if offset + 8 <= bytes.count {
            let word = bytes.word(at: offset)
            if word == expected | 0x31 &<< 56 { return .http11 }
            if word == expected | 0x30 &<< 56 { return .http10 }
        }
        for index in 0..<8 {
            guard offset + index < bytes.count else { return nil }
            let byte = bytes[offset + index]
            let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            switch index {
            case 5, 7:
                guard isDigit else { throw .malformedVersion }
            default:
                guard byte == UInt8(truncatingIfNeeded: expected &>> UInt64(8 * index)) else {
                    throw .malformedVersion
                }
            }
        }
        throw .unsupportedVersion
    }
}
