/// Which parts are not there, and which of them the log itself says were dropped.
///
/// Dropping parts is allowed, and written down; parts that are gone without a word are tampering. Both come in long runs,
/// so ranges are kept and not places.
struct PartAbsences {
    private var missing: [LogPart: [Range<UInt64>]] = [:]
    private var dropped: [LogPart: [Range<UInt64>]] = [:]

    /// Notes that a part that was committed to is not there; places come in ascending order.
    mutating func note(_ part: LogPart, missingAt index: UInt64) {
        var ranges = self.missing[part, default: []]
        if let last = ranges.last, last.contains(index) || last.upperBound == index {
            ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, index + 1)
        } else {
            ranges.append(index..<index + 1)
        }
        self.missing[part] = ranges
    }

    /// Takes up what an event says about dropped parts; other events change nothing.
    mutating func read(_ event: LogEvent) {
        guard event.name == LogEvent.partsDropped,
            let part = LogPart.allCases.first(where: { $0.name == event.details["part"]?.string }),
            let from = event.details["from"]?.integer.flatMap(UInt64.init(exactly:)),
            let to = event.details["to"]?.integer.flatMap(UInt64.init(exactly:)), from <= to
        else { return }
        self.dropped[part, default: []].append(from..<to)
    }

    /// The first place of each part that is missing and not known to be dropped.
    var unexplained: [(part: LogPart, index: UInt64)] {
        LogPart.allCases.compactMap { part in
            for range in self.missing[part] ?? [] {
                var index = range.lowerBound
                for dropped in (self.dropped[part] ?? []).sorted(by: { $0.lowerBound < $1.lowerBound })
                where dropped.contains(index) { index = dropped.upperBound }
                if index < range.upperBound { return (part, index) }
            }
            return nil
        }
    }
}
