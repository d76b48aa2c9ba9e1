/// One page of a client's list, gathered from the pages of the service.
///
/// Free of I/O: it says which page of the service is needed next, and is given that page once it is cut down.
package struct ListGathering: Sendable {
    /// What comes next.
    package enum Step: Sendable {
        /// Ask the service for this page, cut it down, and come back with it.
        case more(ListPages.Request)
        /// The client's page is complete: the body of its answer.
        case complete([UInt8])
    }

    private let pages: ListPages
    /// The elements so far, with commas between.
    private var elements: [UInt8] = []
    /// How many those are.
    private var count = 0
    /// How many visible elements have gone by, those of earlier pages included.
    private var seen = 0
    /// How many pages of the service were taken in.
    private var rounds = 0

    /// Begins a page.
    package init(_ pages: ListPages) {
        self.pages = pages
    }

    /// The first page of the service to ask for.
    package var first: ListPages.Request { self.pages.request(after: nil, round: 0) }

    /// Takes in a page of the service that holds nothing but what may be seen.
    ///
    /// - Parameter page: The cut-down answer.
    /// - Returns: What comes next.
    /// - Throws: ``FilterFailure`` when the page is not a list, or so much is hidden that the search must be narrowed.
    package mutating func take(_ page: [UInt8]) throws(FilterFailure) -> Step {
        let answer = try Self.document(page).root
        self.rounds += 1
        for element in answer[self.pages.list]?.elements ?? [] {
            self.seen += 1
            guard self.seen > self.pages.offset else { continue }
            let isFull = self.count >= self.pages.size || self.elements.count >= ListPages.maximumBytes
            // One more than fits: only now it is known that a token leads somewhere.
            if isFull { return .complete(self.answer(goesOn: true)) }
            if self.count > 0 { self.elements.append(UInt8(ascii: ",")) }
            self.elements += element.bytes
            self.count += 1
        }
        guard let token = answer["next_page_token"], let text = token.string, !text.isEmpty else {
            return .complete(self.answer(goesOn: false))
        }
        guard self.rounds < ListPages.maximumRounds else { throw .tooManyPages(limit: ListPages.maximumRounds) }
        return .more(self.pages.request(after: (text, token.bytes), round: self.rounds))
    }

    private func answer(goesOn: Bool) -> [UInt8] {
        var members: [[UInt8]] = []
        if self.count > 0 { members.append(Array(#""\#(self.pages.list)":["#.utf8) + self.elements + Array("]".utf8)) }
        if goesOn {
            let token = ListPages.token(after: self.pages.offset + self.count)
            members.append(Array(#""next_page_token":"\#(token)""#.utf8))
        }
        return Array("{".utf8) + members.joined(separator: Array(",".utf8)) + Array("}".utf8)
    }

    private static func document(_ body: [UInt8]) throws(FilterFailure) -> JSONDocument {
        do throws(JSONError) {
            return try JSONDocument(body, limits: .answer)
        } catch {
            throw .malformed(error.description)
        }
    }
}
