import Checksums

/// One name that a thing was seen under, as one line of the file of bindings.
///
///     line   = check SP field SP field SP field SP field LF   ; service, kind, id, name
///     check  = 8HEXDIG                       ; CRC-32C of what follows the space, up to LF
///     field  = *( unreserved / "%" 2HEXDIG ) ; unreserved: letters, digits and `-._~`; an empty field is "%"
///
/// Text, so that it can be read and grepped; checked line by line, so that a flipped bit is noticed.
struct Binding: Hashable, Sendable {
    var service: String
    var kind: String
    var id: String
    var name: String

    /// The line, with its end.
    var line: [UInt8] {
        let fields = [self.service, self.kind, self.id, self.name].map(Self.escaped).joined(separator: " ")
        let body = Array(fields.utf8)
        let check = String(CRC32C.checksum(body), radix: 16)
        return Array(String(repeating: "0", count: 8 - check.utf8.count).utf8) + Array(check.utf8)
            + [UInt8(ascii: " ")] + body + [UInt8(ascii: "\n")]
    }

    /// Puts a thing and its name together.
    init(service: String, kind: String, id: String, name: String) {
        self.service = service
        self.kind = kind
        self.id = id
        self.name = name
    }

    /// Reads a line without its end; `nil` when it is not exactly what ``line`` writes.
    init?(line: ArraySlice<UInt8>) {
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 5 else { return nil }
        let fields = parts.dropFirst().compactMap(Self.unescaped)
        guard fields.count == 4 else { return nil }
        self.init(service: fields[0], kind: fields[1], id: fields[2], name: fields[3])
        // Only one spelling is right, so writing it again checks the checksum, the escapes and the digits at once.
        guard self.line.dropLast().elementsEqual(line) else { return nil }
    }

    private static func escaped(_ text: String) -> String {
        guard !text.isEmpty else { return "%" }
        var escaped = ""
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                escaped.unicodeScalars.append(Unicode.Scalar(octet))
            default:
                escaped += (octet < 0x10 ? "%0" : "%") + String(octet, radix: 16)
            }
        }
        return escaped
    }

    private static func unescaped(_ field: ArraySlice<UInt8>) -> String? {
        if field.elementsEqual([UInt8(ascii: "%")]) { return "" }
        var octets: [UInt8] = []
        var rest = field
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "%") else {
                octets.append(octet)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            octets.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: octets, as: UTF8.self)
    }
}
