import Profiles

/// A second, lenient reader of JSON, written in another way: what it reads in a text that was accepted must be the same.
indirect enum JSONOracle: Equatable {
    /// A member of an object, its name as octets.
    struct Member: Equatable {
        let name: [UInt8]
        let value: JSONOracle

        init(_ name: [UInt8], _ value: JSONOracle) {
            self.name = name
            self.value = value
        }
    }

    case word([UInt8])
    case string([UInt8])
    case array([JSONOracle])
    case object([Member])

    /// What the strict reader has read.
    static func value(of value: JSONValue) -> JSONOracle {
        if let string = value.string { return .string(Array(string.utf8)) }
        if let elements = value.elements { return .array(elements.map(Self.value)) }
        if let members = value.members {
            return .object(members.map { Member(Array($0.name.utf8), Self.value(of: $0.value)) })
        }
        return .word(Array(value.bytes))
    }

    /// Reads a text; `nil` when it makes no sense at all.
    static func read(_ bytes: [UInt8]) -> JSONOracle? {
        var rest = bytes[...]
        let value = Self.value(&rest)
        Self.skip(&rest)
        return rest.isEmpty ? value : nil
    }

    private static func skip(_ rest: inout ArraySlice<UInt8>) {
        rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    }

    private static func value(_ rest: inout ArraySlice<UInt8>) -> JSONOracle? {
        Self.skip(&rest)
        guard let first = rest.first else { return nil }
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return Self.list(&rest, isObject: first == UInt8(ascii: "{"))
        case UInt8(ascii: "\""): return Self.string(&rest).map(JSONOracle.string)
        default:
            let word = rest.prefix { ![0x20, 0x09, 0x0A, 0x0D, 0x2C, 0x5D, 0x7D, 0x3A].contains($0) }
            rest = rest.dropFirst(word.count)
            return .word(Array(word))
        }
    }

    private static func list(_ rest: inout ArraySlice<UInt8>, isObject: Bool) -> JSONOracle? {
        let end = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        var elements: [JSONOracle] = []
        var members: [Member] = []
        rest = rest.dropFirst()
        while true {
            Self.skip(&rest)
            if rest.first == end { break }
            var name: [UInt8] = []
            if isObject {
                guard let text = Self.string(&rest) else { return nil }
                name = text
                Self.skip(&rest)
                guard rest.popFirst() == UInt8(ascii: ":") else { return nil }
            }
            guard let value = Self.value(&rest) else { return nil }
            if isObject { members.append(Member(name, value)) } else { elements.append(value) }
            Self.skip(&rest)
            if rest.first == UInt8(ascii: ",") { rest = rest.dropFirst() }
        }
        rest = rest.dropFirst()
        return isObject ? .object(members) : .array(elements)
    }

    private static func string(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard rest.popFirst() == UInt8(ascii: "\"") else { return nil }
        var units: [UInt16] = []
        var out = ""
        func flush() {
            out += String(decoding: units, as: UTF16.self)
            units = []
        }
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") {
                flush()
                return Array(out.utf8)
            }
            guard byte == UInt8(ascii: "\\") else {
                flush()
                let plain = [byte] + rest.prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
                rest = rest.dropFirst(plain.count - 1)
                out += String(decoding: plain, as: UTF8.self)
                continue
            }
            guard let kind = rest.popFirst() else { return nil }
            if kind == UInt8(ascii: "u") {
                guard let unit = UInt16(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16) else { return nil }
                rest = rest.dropFirst(4)
                units.append(unit)
            } else {
                let escapes: [Character: UInt16] = ["b": 8, "f": 12, "n": 10, "r": 13, "t": 9]
                units.append(escapes[Character(Unicode.Scalar(kind))] ?? UInt16(kind))
            }
        }
        return nil
    }
}
