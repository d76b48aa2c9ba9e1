/// The parameters of a query, as a form would send them, read strictly.
///
/// Source: WHATWG URL, section 5.1 (`application/x-www-form-urlencoded`).
struct QueryParameters: Sendable {
    private let pairs: [(name: String, value: String)]

    /// No more parameters than this are read; the service's own requests have at most 101.
    static let maximumCount = 1_000

    /// Reads a query.
    ///
    /// - Parameter query: The raw query without its `?`; `nil` when there is none.
    /// - Throws: ``RouteRefusal/malformed(_:)`` when an escape is malformed, the text is not UTF-8, or it is too long.
    init(_ query: [UInt8]?) throws(RouteRefusal) {
        var pairs: [(name: String, value: String)] = []
        for pair in (query ?? []).split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard pairs.count < Self.maximumCount else {
                throw .malformed("the query has more than \(Self.maximumCount) parameters")
            }
            guard let name = percentDecoded(parts[0], plusIsSpace: true),
                let value = parts.count > 1 ? percentDecoded(parts[1], plusIsSpace: true) : ""
            else { throw .malformed("a parameter of the query is not percent-encoded UTF-8") }
            pairs.append((name, value))
        }
        self.pairs = pairs
    }

    /// The parameters of no query.
    init() {
        self.pairs = []
    }

    /// All values of a parameter, in order.
    func values(of name: String) -> [String] {
        self.pairs.filter { $0.name.utf8.elementsEqual(name.utf8) }.map(\.value)
    }

    /// The parameters that are called otherwise than these, as a query that every reader splits alike.
    func encoded(without names: [String]) -> [UInt8] {
        let others = self.pairs.filter { pair in !names.contains { $0.utf8.elementsEqual(pair.name.utf8) } }
        let written = others.map { "\(percentEncoded($0.name))=\(percentEncoded($0.value))" }
        return Array(written.joined(separator: "&").utf8)
    }
}
