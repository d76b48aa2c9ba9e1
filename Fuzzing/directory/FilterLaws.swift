import Directory

/// The laws of search filters (RFC 4515).
enum FilterLaws {
    /// Checks one input: as the text of a filter, and as a value inside one.
    static func violation(by bytes: [UInt8]) -> String? {
        if let text = String(validating: bytes, as: UTF8.self), let filter = try? SearchFilter(text) {
            if let broken = self.violation(by: filter, isRead: true) { return broken }
        }
        // Whatever somebody typed can only ever be a value: no octets make another filter of it.
        let value = AssertionValue(octets: bytes)
        let filters: [SearchFilter] = [
            .equals("uid", value), .atLeast("uid", value), .all([.not(.equals("uid", value)), .present("cn")]),
            .extensible("member", rule: "1.2.840.113556.1.4.1941", includesName: false, value),
        ]
        for filter in filters {
            if let broken = self.violation(by: filter, isRead: false) { return broken }
        }
        return nil
    }

    private static func violation(by filter: SearchFilter, isRead: Bool) -> String? {
        let written = filter.description
        guard written.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { return "more than printable ASCII" }
        guard let back = try? SearchFilter(written) else {
            // Escaping makes a filter up to three times as long.
            return written.utf8.count > SearchFilter.maximumLength ? nil : "the written form is refused"
        }
        guard back == filter else { return "the written form is another filter" }
        guard back.description == written else { return "the written form is not its own" }
        return nil
    }
}
