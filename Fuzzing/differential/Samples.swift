import Cedar

/// Values to try: ordinary ones, and those at the edges where engines differ.
enum Samples {
    static let strings = [
        "", "a", "ab", "abc", "*", "a*b", "é", "e\u{301}", "\u{0}", "\"", "\\", "\n", "\t", "'", "日本", "🦉", "\u{200B}",
        "if", "\u{FF}",
        "principal", "2024-02-29", "10.0.0.1", "1.5", "1d",
    ]
    static let longs: [Int64] = [
        0, 1, -1, 2, 3, 7, 100, -5, .max, .min, .max - 1, 4_611_686_018_427_387_904, 1_000_000_007,
    ]
    static let decimals = [
        "0.0", "1.5", "-1.5", "0.0001", "922337203685477.5807", "-922337203685477.5808", "00.10", "12.3456",
    ]
    static let addresses = [
        "10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "127.0.0.1", "127.0.0.1/7", "224.0.0.1", "255.255.255.255/32", "::1",
        "::", "fe80::1/10",
        "ff02::1", "2001:db8::/32", "1:2:3:4:5:6:7:8", "::ffff:ff00:1", "::1/127",
    ]
    static let datetimes = [
        "1970-01-01", "2024-02-29", "0000-01-01", "9999-12-31T23:59:59.999Z", "2024-10-15T11:35:00Z",
        "1969-12-31T23:59:59.999+0000",
        "2024-10-15T11:35:00.000+2359", "2016-12-31T00:00:00-0100",
    ]
    static let durations = [
        "0ms", "1d", "-1d", "1d2h3m4s5ms", "-90m", "36h", "9223372036854775807ms", "-9223372036854775808ms", "1ms",
    ]
    /// What looks right and is not.
    static let broken = [
        "", "1", "1.", ".5", "1.00000", "+1.0", "922337203685477.5808", "10.0.0", "10.0.0.1/33", "10.0.0.01", "::1/129",
        "1::2::3",
        "::ffff:10.0.0.1", "10.0.0.1/08", "2023-02-29", "2024-13-01", "2024-01-01T24:00:00Z", "2024-01-01T00:00:60Z",
        "2024-01-01T00:00:00",
        "2024-01-01T00:00:00.00Z", "2024-01-01T00:00:00+2400", "1h1d", "1d1d", "-", "d", "1.5h",
        "9223372036854775808ms", "1 d", "--1d",
    ]

    static func text(_ type: ExtensionType, _ dice: inout Dice) -> String {
        if dice.once(in: 12) { return dice.pick(Samples.broken) }
        switch type {
        case .decimal: return dice.pick(Samples.decimals)
        case .ipaddr: return dice.pick(Samples.addresses)
        case .datetime: return dice.pick(Samples.datetimes)
        case .duration: return dice.pick(Samples.durations)
        }
    }
}

extension Value {
    /// A value of a kind.
    static func random(_ kind: SketchType, _ dice: inout Dice) -> Value {
        switch kind {
        case .bool: return .bool(dice.roll(2) == 0)
        case .long: return .long(dice.pick(Samples.longs))
        case .string: return .string(dice.pick(Samples.strings))
        case .entity(let type): return .entity(.random(type, &dice))
        case .set(let element): return .set(of: (0..<dice.roll(4)).map { _ in Value.random(element, &dice) })
        case .record(let fields): return .record(RecordValue.random(fields, &dice))
        case .extension(let type):
            while true {
                let text = Value.string(Samples.text(type, &dice))
                if let value = try? type.constructor.call([text]) { return value }
            }
        }
    }
}

extension RecordValue {
    static func random(_ fields: [SketchType.Field], _ dice: inout Dice) -> RecordValue {
        var record = RecordValue()
        for field in fields where field.isRequired || dice.roll(2) == 0 {
            record[field.name] = Value.random(field.kind, &dice)
        }
        return record
    }
}

extension EntityUID {
    /// One of the few entities of a type, most of which exist.
    static func random(_ type: String, _ dice: inout Dice) -> EntityUID {
        guard let name = Name(type) else { preconditionFailure("`\(type)` is not a name") }
        if let ids = World.enumerated[type], !dice.once(in: 40) { return EntityUID(type: name, id: dice.pick(ids)) }
        return EntityUID(type: name, id: dice.pick(["0", "1", "2", "3", "é", "e\u{301}"]))
    }
}
