/// The book in which a field name is looked up: first by its length, then eight bytes at a time.
///
/// Made once per process and shared by all parsers, and a class, so that a parser that is copied copies one reference; a look-up takes no loop over characters and no hash.
package final class FieldNames: Sendable {
    /// The names of ``FieldName`` and, as ``FieldName/reserved``, all that begin with `x-stile-`.
    package static let standard = FieldNames(reservedPrefix: "x-stile-")

    /// A known name as three words that together cover up to 24 bytes.
    private struct Row {
        let key: Key
        let name: FieldName
    }

    private struct Key: Equatable {
        /// The first eight bytes, or all of them.
        var first: UInt64 = 0
        /// The last eight bytes.
        var last: UInt64 = 0
        /// The eight bytes after the first, in names longer than 16.
        var middle: UInt64 = 0
    }

    /// The first eight bytes of the names by which proxies speak to what is behind them: `X-Forwarded-…`, `X-Original-…`,
    /// `X-Rewrite-…`, Envoy's, oauth2-proxy's `X-Auth-Request-…`, Grafana's `X-WEBAUTH-…`, Pomerium's.
    private static let claimPrefixes: [StaticString] = [
        "x-forwar", "x-origin", "x-rewrit", "x-envoy-", "x-auth-r", "x-webaut", "x-pomeri",
    ]

    /// Further such names: of Authelia, Kubeflow, mod_wsgi, content delivery networks, and old habits.
    private static let claims: [StaticString] = [
        "remote-user", "remote-groups", "remote-name", "remote-email", "kubeflow-userid", "x-authenticated-user",
        "x-script-name", "x-scheme", "x-url-scheme", "front-end-https", "x-client-ip", "true-client-ip",
        "cf-connecting-ip", "x-cluster-client-ip",
    ]

    private static let longestName = 24
    private let rows: [Row]
    /// Where the rows of each length start; one more entry than lengths, so that each has an end.
    private let starts: [Int]
    private let prefix: UInt64
    private let prefixMask: UInt64
    private let claimPrefixes: [UInt64]

    /// Makes a book.
    ///
    /// - Parameter reservedPrefix: What the gateway's own names begin with, in small letters, at most 8 bytes.
    package init(reservedPrefix: StaticString) {
        var byLength: [[Row]] = Array(repeating: [], count: Self.longestName + 1)
        for name in FieldName.allCases where name.text.utf8CodeUnitCount > 0 {
            let text = Array(name.text.description.utf8)
            byLength[text.count].append(Row(key: Self.key(of: text.span, in: 0..<text.count), name: name))
        }
        for claim in Self.claims {
            let text = Array(claim.description.utf8)
            byLength[text.count].append(Row(key: Self.key(of: text.span, in: 0..<text.count), name: .claim))
        }
        var rows: [Row] = []
        var starts = [0]
        for sameLength in byLength {
            rows += sameLength
            starts.append(rows.count)
        }
        self.rows = rows
        self.starts = starts
        self.claimPrefixes = Self.claimPrefixes.map { Array($0.description.utf8).span.word(of: 0..<8) }
        let prefix = Array(reservedPrefix.description.utf8.prefix(8))
        self.prefix = prefix.span.word(of: 0..<prefix.count)
        self.prefixMask = UInt64.max &>> UInt64(64 - 8 * prefix.count)
    }

    /// What the name in `range` is; its bytes are known to be token bytes.
    func name(of bytes: Span<UInt8>, in range: Range<Int>) -> FieldName {
        guard range.count > 1 else { return .other }
        guard range.count <= Self.longestName else { return self.longName(of: bytes, in: range) }
        let key = Self.key(of: bytes, in: range)
        let dashed = Key(first: Self.dashed(key.first), last: Self.dashed(key.last), middle: Self.dashed(key.middle))
        if dashed.first & self.prefixMask == self.prefix { return .reserved }
        guard dashed == key else { return .disguised }
        for index in self.starts[range.count]..<self.starts[range.count + 1] where self.rows[index].key == key {
            return self.rows[index].name
        }
        return self.isClaim(key.first) ? .claim : .other
    }

    /// None of the known names is so long, but some kinds are.
    private func longName(of bytes: Span<UInt8>, in range: Range<Int>) -> FieldName {
        let first = Self.dashed(Self.folded(bytes.word(of: range.prefix(8))))
        if first & self.prefixMask == self.prefix { return .reserved }
        for offset in range where bytes[offset] == UInt8(ascii: "_") { return .disguised }
        return self.isClaim(first) ? .claim : .other
    }

    private func isClaim(_ first: UInt64) -> Bool {
        for prefix in self.claimPrefixes where prefix == first { return true }
        return false
    }

    @inline(__always)
    private static func key(of bytes: Span<UInt8>, in range: Range<Int>) -> Key {
        guard range.count > 8 else { return Key(first: Self.folded(bytes.word(of: range))) }
        return Key(
            first: Self.folded(bytes.word(at: range.lowerBound)),
            last: Self.folded(bytes.word(at: range.upperBound &- 8)),
            middle: range.count > 16 ? Self.folded(bytes.word(at: range.lowerBound &+ 8)) : 0
        )
    }

    /// Makes capitals small.
    ///
    /// Exact for letters, digits and `-`; `_` becomes 0x7F, which no token holds.
    @inline(__always)
    private static func folded(_ word: UInt64) -> UInt64 {
        word | 0x2020_2020_2020_2020
    }

    /// Turns the folded `_` (0x7F) into `-`, in all eight places.
    @inline(__always)
    private static func dashed(_ word: UInt64) -> UInt64 {
        // Token bytes are below 0x80, so adding 1 carries into the high bit for 0x7F only and never further.
        let underscores = (word &+ 0x0101_0101_0101_0101) & 0x8080_8080_8080_8080
        // 0x7F xor 0x52 is 0x2D; the mark moved down by seven is 1 in each place.
        return word ^ ((underscores &>> 7) &* 0x52)
    }
}

extension Range<Int> {
    @inline(__always)
    fileprivate func prefix(_ length: Int) -> Range<Int> {
        self.lowerBound..<Swift.min(self.upperBound, self.lowerBound &+ length)
    }
}
