/// A span of time in whole milliseconds, possibly negative.
///
/// Source: Cedar RFC 80, "datetime extension".
public struct DurationValue: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The span in milliseconds.
    public let milliseconds: Int64

    /// A span of so many milliseconds.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Reads the written form: an optional `-`, then amounts with the units `d`, `h`, `m`, `s`, `ms`, each at most once and in this order.
    ///
    /// Fails, giving `nil`, when the form is wrong or the span out of range.
    public init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        var nextUnit = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isDigit }
            guard !digits.isEmpty else { return nil }
            rest = rest.dropFirst(digits.count)
            guard let unit = Self.units[nextUnit...].firstIndex(where: { Self.begins(rest, with: $0) }) else {
                return nil
            }
            rest = rest.dropFirst(Self.units[unit].symbol.utf8.count)
            nextUnit = unit + 1
            // Built up on the final side of zero, since the range is larger by one below it.
            var amount: Int64 = 0
            for digit in digits {
                let value = Int64(digit - UInt8(ascii: "0"))
                let (product, overflow) = amount.multipliedReportingOverflow(by: 10)
                let (sum, overflow2) = product.addingReportingOverflow(isNegative ? -value : value)
                guard !overflow, !overflow2 else { return nil }
                amount = sum
            }
            let (span, overflow) = amount.multipliedReportingOverflow(by: Self.units[unit].milliseconds)
            let (sum, overflow2) = total.addingReportingOverflow(span)
            guard !overflow, !overflow2 else { return nil }
            total = sum
        }
        self.milliseconds = total
    }

    private static let units: [(symbol: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// Whether `rest` begins with a unit; `m` is not the beginning of `ms`.
    private static func begins(_ rest: ArraySlice<UInt8>, with unit: (symbol: String, milliseconds: Int64)) -> Bool {
        guard rest.starts(with: unit.symbol.utf8) else { return false }
        return unit.symbol != "m" || rest.dropFirst().first != UInt8(ascii: "s")
    }

    /// By length.
    public static func < (a: DurationValue, b: DurationValue) -> Bool {
        a.milliseconds < b.milliseconds
    }

    /// The span in milliseconds, with its unit.
    public var description: String { "\(self.milliseconds)ms" }
}
