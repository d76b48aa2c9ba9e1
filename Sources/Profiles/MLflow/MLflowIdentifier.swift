/// The forms of MLflow's own ids that are let through.
///
/// MLflow reads an experiment id with Python's `int()`, which takes ` 5`, `05`, `+5`, `5_0` and digits of other scripts
/// for numbers: two spellings of one experiment would be two resources here. So each id has one spelling, and no id can
/// hold what means something in a path or a query.
enum MLflowIdentifier {
    /// Whether this is the one spelling of an experiment's id or a version's number: decimal, without leading zeros.
    static func isNumber(_ text: some StringProtocol) -> Bool {
        let digits = text.utf8
        guard (1...19).contains(digits.count), digits.first != UInt8(ascii: "0") || digits.count == 1 else {
            return false
        }
        return digits.allSatisfy { UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") }
    }

    /// Whether this can be the id of a run, trace, logged model or data set: 1 to 128 of `A-Z a-z 0-9 - _`.
    static func isToken(_ text: some StringProtocol) -> Bool {
        let bytes = text.utf8
        return (1...128).contains(bytes.count)
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// Whether this can be the name of an experiment or a registered model: 1 to 1,024 bytes, no control characters, no
    /// space at either end.
    ///
    /// Some databases ignore trailing spaces when they compare, and would find another thing by that name.
    static func isName(_ text: some StringProtocol) -> Bool {
        let bytes = text.utf8
        return (1...1_024).contains(bytes.count) && !text.hasPrefix(" ") && !text.hasSuffix(" ")
            && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}
