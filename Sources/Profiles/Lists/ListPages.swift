/// Which part of a list a client asks for, and how the service is asked for its pages.
///
/// A list that is only cut down says through its gaps what it hides: an empty page with a token behind it, or a page that
/// is shorter than was asked for, tells that something matched the client's search, and letter by letter what. So the
/// gateway asks the service for page after page itself, and hands out the list as if what is hidden did not exist: the
/// pages are full, and a token says how many visible elements came before, which is nothing that its bearer doesn't know.
package struct ListPages: Sendable {
    /// Where the arguments of the call stand.
    enum Place: Sendable {
        /// In the query; these are its other parameters, encoded.
        case query([UInt8])
        /// In the JSON body; these are its other members, as they stand.
        case body([UInt8])
    }

    /// How the service is asked for one of its own pages: with this query, and this body in place of the client's.
    package struct Request: Hashable, Sendable {
        /// The query, without `?`; `nil` leaves the client's.
        package let query: [UInt8]?
        /// The body; `nil` when there is none.
        package let body: [UInt8]?
    }

    /// The member of the answer that holds the elements.
    let list: String

    /// How many elements the client takes at most; at least one.
    let size: Int

    /// How many visible elements it has had already.
    let offset: Int

    /// Where the arguments stand, and the others of them.
    let place: Place

    /// How many elements the service is asked for at first, and at most; it doubles from page to page.
    let pageSizes: ClosedRange<Int>

    /// No client's page is larger, whatever it asks for: a token leads on.
    static let largestPage = 10_000

    /// So many pages of the service are looked through for one of the client's.
    static let maximumRounds = 100

    /// A page ends when it has this many bytes, though it has fewer elements than were asked for.
    static let maximumBytes = 6 << 20

    /// How the service is asked for the page behind a token of its own.
    ///
    /// - Parameters:
    ///   - token: The token of the page before, as text and as it stands in JSON; `nil` for the first page.
    ///   - round: How many pages were asked for already.
    /// - Returns: What is sent in place of the client's query or body.
    func request(after token: (text: String, written: ArraySlice<UInt8>)?, round: Int) -> Request {
        let count = min(self.pageSizes.upperBound, self.pageSizes.lowerBound << min(round, 10))
        switch self.place {
        case .query(var query):
            if !query.isEmpty { query.append(UInt8(ascii: "&")) }
            query += Array("max_results=\(count)".utf8)
            if let token { query += Array("&page_token=\(percentEncoded(token.text))".utf8) }
            return Request(query: query, body: nil)
        case .body(let others):
            var body = Array(#"{"max_results":\#(count)"#.utf8)
            if let token { body += Array(#","page_token":"#.utf8) + token.written }
            if !others.isEmpty { body += [UInt8(ascii: ",")] + others }
            return Request(query: nil, body: body + [UInt8(ascii: "}")])
        }
    }

    // MARK: - Tokens

    /// The token for what comes after so many visible elements.
    static func token(after count: Int) -> String { "after-\(count)" }

    /// How many visible elements come before what a token leads to; `nil` when it is not one of ours.
    static func offset(of token: String) -> Int? {
        guard token.hasPrefix("after-"), let count = Int(token.dropFirst("after-".count)),
            (1...1_000_000_000).contains(count)
        else { return nil }
        // Only the one spelling is taken.
        return self.token(after: count) == token ? count : nil
    }
}
