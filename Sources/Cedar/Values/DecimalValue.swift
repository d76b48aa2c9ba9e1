/// A decimal number with exactly four digits after the point, from -922337203685477.5808 to 922337203685477.5807.
///
/// Kept as a whole number of ten-thousandths, so that comparing is exact.
///
/// Source: Cedar language 4.5, "Extension types", "decimal".
public struct DecimalValue: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The number, times 10,000.
    public let tenThousandths: Int64

    /// The number `tenThousandths` / 10,000.
    public init(tenThousandths: Int64) {
        self.tenThousandths = tenThousandths
    }

    /// Reads the written form: an optional `-`, digits, a point, one to four digits.
    ///
    /// Fails, giving `nil`, when the form is wrong or the number out of range.
    public init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        guard let point = rest.firstIndex(of: UInt8(ascii: ".")) else { return nil }
        let whole = rest[..<point]
        let fraction = rest[(point + 1)...]
        guard !whole.isEmpty, (1...4).contains(fraction.count) else { return nil }
        // Built up below zero, where the range is larger by one.
        var number: Int64 = 0
        let padding = repeatElement(UInt8(ascii: "0"), count: 4 - fraction.count)
        for digit in Array(whole) + Array(fraction) + Array(padding) {
            guard digit.isDigit else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let (difference, overflow2) = product.subtractingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            guard !overflow, !overflow2 else { return nil }
            number = difference
        }
        if isNegative {
            self.tenThousandths = number
        } else {
            guard number != .min else { return nil }
            self.tenThousandths = -number
        }
    }

    /// By size.
    public static func < (a: DecimalValue, b: DecimalValue) -> Bool {
        a.tenThousandths < b.tenThousandths
    }

    /// The shortest written form, at least one digit after the point.
    public var description: String {
        let magnitude = self.tenThousandths.magnitude
        var fraction = String(magnitude % 10_000)
        fraction = String(repeating: "0", count: 4 - fraction.utf8.count) + fraction
        while fraction.utf8.count > 1, fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(self.tenThousandths < 0 ? "-" : "")\(magnitude / 10_000).\(fraction)"
    }
}
