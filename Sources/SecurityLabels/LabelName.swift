/// The names that levels and categories may have.
///
///     name = 1*64( ALPHA / DIGIT / "-" / "_" / "." )
///
/// Plain ASCII without separators, because a name stands in markings, Cedar entity ids, headers and log records, and
/// must read the same in each of them without escaping.
enum LabelName {
    /// The longest name, in bytes.
    static let maximumLength = 64

    /// Tells names from other text, exactly: no trimming, no case folding.
    static func isWellFormed(_ text: String) -> Bool {
        (1...Self.maximumLength).contains(text.utf8.count) && text.utf8.allSatisfy(Self.isAllowed)
    }

    private static func isAllowed(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default:
            false
        }
    }
}
