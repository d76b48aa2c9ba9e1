import HTTP1

/// How a request is known to other logs, and what its person says they need it for.
struct RequestIdentifiers {
    /// The request's id, as the client gave it.
    let request: String?
    /// The W3C trace id, 32 hex digits.
    let trace: String?
    /// What the person said.
    let purpose: String?

    /// The longest id or purpose that is recorded, in bytes; longer ones are left out.
    private static let longest = 256

    /// Reads the fields, `nil` when there are none of these: most requests carry none, and then no text is made.
    init?(_ fields: FieldTable, _ bytes: Span<UInt8>) {
        guard fields.contains(.requestID) || fields.contains(.traceparent) || fields.contains(.reserved) else {
            return nil
        }
        self.request = Self.text(fields.value(of: .requestID), bytes)
        self.trace = fields.value(of: .traceparent).flatMap { Self.traceID(bytes.extracting($0)) }
        self.purpose = Self.text(fields.value(named: "x-stile-purpose", in: bytes), bytes)
    }

    private static func text(_ range: Range<Int>?, _ bytes: Span<UInt8>) -> String? {
        guard let range, !range.isEmpty, range.count <= self.longest else { return nil }
        return String(validating: Array(copying: bytes.extracting(range)), as: UTF8.self)
    }

    /// The second part of `00-<32 hex digits>-<16>-<2>`.
    ///
    /// Source: W3C Trace Context, section 3.2.
    private static func traceID(_ value: Span<UInt8>) -> String? {
        guard value.count >= 55, value[2] == UInt8(ascii: "-"), value[35] == UInt8(ascii: "-") else { return nil }
        let digits = Array(copying: value.extracting(3..<35))
        let isHex = digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        return isHex ? String(decoding: digits, as: UTF8.self) : nil
    }
}
