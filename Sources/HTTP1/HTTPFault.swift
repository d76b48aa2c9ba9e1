/// Why a message, or a part of one, is not taken.
///
/// Nothing is repaired and nothing is guessed: two programs that repair the same bytes differently are what request
/// smuggling is made of. After any fault the connection is closed, since nobody knows where the next message starts.
///
/// Source: RFC 9112, section 11.2.
package enum HTTPFault: Error, Hashable, Sendable, CaseIterable {
    // MARK: the start line
    case malformedRequestLine
    case malformedStatusLine
    case malformedVersion
    case unsupportedVersion
    case methodTooLong
    case targetTooLong

    // MARK: lines and fields
    case bareLineFeed
    case bareCarriageReturn
    case foldedField
    case fieldWithoutColon
    case blankBeforeColon
    case invalidFieldName
    case controlByteInValue
    case headTooLarge
    case tooManyFields
    case tooManyConnectionOptions
    case repeatedField

    // MARK: framing
    case lengthAndTransferEncoding
    case repeatedContentLength
    case malformedContentLength
    case repeatedTransferEncoding
    case unknownTransferEncoding
    case transferEncodingBeforeHTTP11
    case unknownExpectation
    case bodyTooLarge

    // MARK: chunks
    case malformedChunkSize
    case chunkTooLarge
    case chunkExtensionTooLong
    case malformedChunkExtension
    case malformedChunkEnd
    case trailersTooLarge
    case forbiddenTrailer

    // MARK: host and target
    case missingHost
    case repeatedHost
    case malformedHost
    case hostDiffersFromTarget
    case connectRefused
    case malformedTarget
    case malformedEscape
    case escapedControl
    case escapedSlash
    case doublyEscaped
    case invalidUTF8
    case backslashInPath
    case pathParameter
    case pathAboveRoot

    /// The status that answers a request with this fault.
    ///
    /// In a response of an upstream every fault means 502 instead.
    package var status: Int {
        switch self {
        case .targetTooLong: 414
        case .headTooLarge, .tooManyFields, .tooManyConnectionOptions, .trailersTooLarge: 431
        case .bodyTooLarge: 413
        case .unknownExpectation: 417
        case .connectRefused: 405
        case .unsupportedVersion: 505
        default: 400
        }
    }
}

extension HTTPFault: CustomStringConvertible {
    /// One line for people: what was found, and what was expected.
    ///
    /// Never a byte of the message.
    package var description: String {
        switch self {
        case .malformedRequestLine: "malformed request line, expected `method target HTTP/1.1`"
        case .malformedStatusLine: "malformed status line, expected `HTTP/1.1 status reason`"
        case .malformedVersion: "malformed protocol version, expected `HTTP/1.1` or `HTTP/1.0`"
        case .unsupportedVersion: "unsupported protocol version, expected `HTTP/1.1` or `HTTP/1.0`"
        case .methodTooLong: "method name too long, expected at most 32 bytes"
        case .targetTooLong: "request target over the limit"
        case .bareLineFeed: "line ends with LF alone, expected CR LF"
        case .bareCarriageReturn: "CR without LF, expected CR LF"
        case .foldedField: "field continued on a second line, expected one line per field"
        case .fieldWithoutColon: "field line without a colon"
        case .blankBeforeColon: "blank before the colon of a field"
        case .invalidFieldName: "invalid byte in a field name, or no name at all"
        case .controlByteInValue: "control byte in a field value"
        case .headTooLarge: "head over the size limit"
        case .tooManyFields: "more fields than the limit"
        case .tooManyConnectionOptions: "more connection options than the limit"
        case .repeatedField: "a field that is to stand once is repeated"
        case .lengthAndTransferEncoding: "both `content-length` and `transfer-encoding`, expected one of them"
        case .repeatedContentLength: "more than one `content-length`"
        case .malformedContentLength: "malformed `content-length`, expected decimal digits without a leading zero"
        case .repeatedTransferEncoding: "more than one `transfer-encoding`"
        case .unknownTransferEncoding: "unknown `transfer-encoding`, expected `chunked` alone"
        case .transferEncodingBeforeHTTP11: "`transfer-encoding` in an HTTP/1.0 message"
        case .unknownExpectation: "unknown expectation, expected `100-continue`"
        case .bodyTooLarge: "body over the limit of this route"
        case .malformedChunkSize: "malformed chunk size, expected hexadecimal digits"
        case .chunkTooLarge: "chunk size out of range"
        case .chunkExtensionTooLong: "chunk extension over the limit"
        case .malformedChunkExtension: "malformed chunk extension"
        case .malformedChunkEnd: "chunk data not followed by CR LF"
        case .trailersTooLarge: "trailers over the limit"
        case .forbiddenTrailer: "a trailer names a field of framing, routing or identity"
        case .missingHost: "no `host` field"
        case .repeatedHost: "more than one `host` field"
        case .malformedHost: "malformed `host`, expected a name or address and an optional port"
        case .hostDiffersFromTarget: "`host` differs from the authority in the request target"
        case .connectRefused: "`CONNECT` is not served here"
        case .malformedTarget: "malformed request target, expected a path that starts with `/`"
        case .malformedEscape: "malformed percent escape, expected `%` and two hexadecimal digits"
        case .escapedControl: "escaped control byte in the path"
        case .escapedSlash: "escaped slash or backslash in the path"
        case .doublyEscaped: "escaped percent sign that spells another escape"
        case .invalidUTF8: "escaped bytes in the path are not UTF-8"
        case .backslashInPath: "backslash in the path"
        case .pathParameter: "`;` in the path, expected it to be escaped as `%3B`"
        case .pathAboveRoot: "path leads above the root"
        }
    }
}
