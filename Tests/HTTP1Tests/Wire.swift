import Testing

@testable import HTTP1

/// Reads a request head that is complete in one piece.
func readRequest(_ text: String, limits: HTTPLimits = HTTPLimits()) -> (head: RequestHead, progress: HeadProgress) {
    var head = RequestHead(limits: limits)
    let bytes = Array(text.utf8)
    let progress = head.parse(bytes.span)
    return (head, progress)
}

/// Reads a response head that is complete in one piece.
func readResponse(_ text: String, answering method: Method = .get) -> (head: ResponseHead, progress: HeadProgress) {
    var head = ResponseHead()
    let bytes = Array(text.utf8)
    let progress = head.parse(bytes.span, answering: method)
    return (head, progress)
}

/// The text of a range.
func text(_ range: Range<Int>?, in source: String) -> String? {
    range.map { String(decoding: Array(source.utf8)[$0], as: UTF8.self) }
}

/// A `GET` with these field lines after a good `host`.
func get(_ lines: String...) -> String {
    "GET / HTTP/1.1\r\nHost: h\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"
}

/// A `POST` with these field lines after a good `host`.
func post(_ lines: String...) -> String {
    "POST / HTTP/1.1\r\nHost: h\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"
}
