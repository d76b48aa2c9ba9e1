import DecisionLog

/// Entries of which every field follows from the place, so that a test can say what a query must find.
enum SampleEntries {
    static let midnight = Timestamp("2026-11-24") ?? Timestamp(microseconds: 0)

    static let people = ["anna", "ben", "carla"]

    /// One entry: a minute each, from an hour before midnight on, so that there are two days.
    static func entry(_ place: UInt64, time: Timestamp? = nil) -> IndexedEntry {
        IndexedEntry(index: place, record: Self.record(place, time: time))
    }

    static func record(_ place: UInt64, time: Timestamp? = nil) -> DecisionRecord {
        let number = Int(place)
        // A minute each, from an hour before midnight on: two days.
        let time = time ?? Timestamp(microseconds: Self.midnight.microseconds + (Int64(place) - 60) * 60_000_000)
        let isDeny = number % 2 == 0
        let resource = RecordedResource(
            service: "mlflow",
            kind: "experiment",
            id: "\(number % 4)",
            name: "set-\(number % 4)"
        )
        var verdict = Verdict(
            gateway: "plant-1",
            service: number % 4 == 3 ? "objects" : "mlflow",
            decision: isDeny ? .deny : .allow,
            causes: isDeny ? (number % 4 == 0 ? .label : [.label, .role]) : [],
            action: "read",
            resource: resource,
            label: "confidential",
            origin: "catalog",
            policies: isDeny ? ["CLR-1", "CAT-1"] : ["PRJ-1"],
            revision: "r1"
        )
        verdict.status = isDeny ? 403 : nil
        let name = Self.people[number % 3]
        let who = RecordedPerson(id: "uuid:\(name)", name: name, clearance: "internal")
        return DecisionRecord(
            id: DecisionID(time: time, random: (UInt16(number), place &* 0x9E37_79B9_7F4A_7C15)),
            time: time,
            micros: 5,
            verdict: verdict,
            person: PersonPart(
                who: who,
                trace: RequestTrace(peer: "10.0.0.1", method: "GET", path: "/runs/\(number % 10)")
            ),
            explanation: isDeny ? Explanation(flips: [Explanation.Flip(label: "internal")]) : nil
        )
    }
}
