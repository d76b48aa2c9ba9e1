import HTTP1

/// The laws of canonical targets.
enum TargetLaws {
    /// Checks one input; see ``WireLaws``.
    static func violation(by bytes: [UInt8]) -> String? {
        // One value serves a connection: what it read before must leave no trace.
        var target = CanonicalTarget()
        guard (try? target.read(Self.earlier.span, in: 0..<Self.earlier.count)) != nil else {
            return "no first reading"
        }
        guard (try? target.read(bytes.span, in: 0..<bytes.count)) != nil else {
            return target.bytes.isEmpty && target.path.isEmpty && target.query == nil ? nil : "something is left"
        }
        let canonical = target.bytes
        guard (try? target.read(canonical.span, in: 0..<canonical.count)) != nil else {
            return "the canonical form is refused"
        }
        guard target.bytes == canonical else { return "the canonical form is not its own" }
        let path = Array(canonical[target.path])
        let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard path.first == UInt8(ascii: "/") else { return "not from the root" }
        guard !segments.dropFirst().dropLast().contains(where: \.isEmpty) else { return "an empty segment" }
        for segment in segments where segment.elementsEqual(".".utf8) || segment.elementsEqual("..".utf8) {
            return "a dot segment"
        }
        let once = Self.decoded(path)
        guard String(validating: once, as: UTF8.self) != nil else { return "not UTF-8" }
        guard Self.decoded(once) == once else { return "decoding twice is another path" }
        guard once.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }) else {
            return "a forbidden byte"
        }
        let slash = UInt8(ascii: "/")
        guard once.count(where: { $0 == slash }) == path.count(where: { $0 == slash }) else { return "a hidden slash" }
        return nil
    }

    private static let earlier = Array("/what/was/read/before/and/is/longer/than/most/of/what/follows?with=query".utf8)

    private static func decoded(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
            if byte == UInt8(ascii: "%"), digits.count == 2 {
                out.append(UInt8(16 * digits[0] + digits[1]))
                rest.removeFirst(2)
            } else {
                out.append(byte)
            }
        }
        return out
    }
}
