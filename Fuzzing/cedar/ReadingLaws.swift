import Cedar

/// What must hold for every input, whoever wrote it: reading it ends, and what was read survives being written and read again.
///
/// The first byte says what the rest is.
enum ReadingLaws {
    /// The law that an input breaks; `nil` when all hold.
    static func violation(by input: [UInt8]) -> String? {
        guard let first = input.first else { return nil }
        let text = String(decoding: input.dropFirst(), as: UTF8.self)
        switch first % 5 {
        case 0: return PolicyLaws.violation(by: text)
        case 1: return SchemaLaws.violation(byText: text)
        case 2: return EntityLaws.violation(by: text)
        case 3: return PolicyLaws.violation(byJSON: text)
        default: return SchemaLaws.violation(byJSON: text)
        }
    }
}
