/// The entries served as one kind of thing in one service, found by id and by name.
///
/// Patterns are kept by their literal start, in a table for each length of start: a name is looked up once for each length
/// that occurs, and only patterns whose start fits are tried.
struct ServedIndex: Sendable {
    private var byID: [[UInt8]: [CatalogEntry.ID]] = [:]
    private var byPrefix: [[UInt8]: [(pattern: NamePattern, entry: CatalogEntry.ID)]] = [:]
    private var prefixLengths: [Int] = []
    private var everything: [CatalogEntry.ID] = []

    /// Serves an entry at a place.
    mutating func add(_ entry: CatalogEntry.ID, at selector: ServedAt.Selector) {
        switch selector {
        case .id(let id):
            self.byID[Array(id.utf8), default: []].append(entry)
        case .name(let pattern) where pattern.matchesEverything:
            self.everything.append(entry)
        case .name(let pattern):
            self.byPrefix[pattern.prefix, default: []].append((pattern, entry))
            if !self.prefixLengths.contains(pattern.prefix.count) {
                self.prefixLengths.append(pattern.prefix.count)
                self.prefixLengths.sort()
            }
        }
    }

    /// The entries served under an id.
    func entries(id: String) -> [CatalogEntry.ID] { self.byID[Array(id.utf8)] ?? [] }

    /// The entries whose pattern matches a name; for a thing without a name, those that take everything.
    func entries(name: String?) -> [CatalogEntry.ID] {
        guard let name, !self.prefixLengths.isEmpty else { return self.everything }
        let bytes = Array(name.utf8)
        var found = self.everything
        for length in self.prefixLengths {
            guard length <= bytes.count else { break }
            guard let candidates = self.byPrefix[Array(bytes.prefix(length))] else { continue }
            for candidate in candidates where candidate.pattern.matches(bytes) { found.append(candidate.entry) }
        }
        return found
    }
}
