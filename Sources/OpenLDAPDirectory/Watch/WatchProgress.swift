import Directory

/// How far the searches of one watch are: one for each base, and none of them ever ends.
struct WatchProgress {
    /// One of the searches.
    private struct Search {
        var base: DistinguishedName
        /// Whether the server was told where the last watch left off.
        var isResumed: Bool
        /// Whether everything up to now has been told.
        var isRefreshed = false
        /// Whether what was missed is told one by one, deletions included.
        var isExact = true
        /// Where it is.
        var cookie: [UInt8]?
    }

    private var searches: [Int32: Search] = [:]

    /// Whether every search has told everything up to now.
    private(set) var isLive = false

    /// A search has begun.
    mutating func begin(_ number: Int32, below base: DistinguishedName, isResumed: Bool) {
        self.searches[number] = Search(base: base, isResumed: isResumed)
    }

    /// The base of a search; `nil` if the number is another question's.
    func base(of number: Int32) -> DistinguishedName? { self.searches[number]?.base }

    /// Whether what a search tells is a change.
    ///
    /// Until a first refresh is over, it tells entries as they stand; a later one tells what was missed.
    func isNews(_ number: Int32) -> Bool { self.searches[number].map { $0.isRefreshed || $0.isResumed } ?? false }

    /// A search told what is still there: what is not told is gone, and nobody says what that is.
    mutating func toldWhatStays(_ number: Int32) { self.searches[number]?.isExact = false }

    /// A search has told everything up to now.
    mutating func refreshed(_ number: Int32) { self.searches[number]?.isRefreshed = true }

    /// Every search has.
    mutating func allRefreshed() {
        for number in self.searches.keys { self.refreshed(number) }
    }

    /// Notes where a search is; before its refresh is over a cookie stands for a part of it.
    mutating func note(_ cookie: [UInt8], of number: Int32) {
        guard self.searches[number]?.isRefreshed == true else { return }
        self.searches[number]?.cookie = cookie
    }

    /// Whether the watch stands from now on, asked after each message.
    ///
    /// - Returns: `nil` if it does not yet, or did before; otherwise whether everything that was missed was told one by one.
    mutating func goesLive() -> Bool? {
        guard !self.isLive, self.searches.values.allSatisfy(\.isRefreshed) else { return nil }
        self.isLive = true
        return self.searches.values.allSatisfy { $0.isResumed && $0.isExact }
    }

    /// The places from which the next watch may go on, each given once.
    ///
    /// INVARIANT: none before the watch stands. What is uncertain is said only then; had a cookie been kept before and the connection
    /// been lost in between, the next watch would go on after what nobody was told.
    mutating func newPlaces() -> [(base: DistinguishedName, cookie: [UInt8])] {
        guard self.isLive else { return [] }
        var places: [(base: DistinguishedName, cookie: [UInt8])] = []
        for (number, search) in self.searches {
            guard let cookie = search.cookie else { continue }
            places.append((search.base, cookie))
            self.searches[number]?.cookie = nil
        }
        return places
    }
}
