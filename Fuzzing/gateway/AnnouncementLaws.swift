import Governance
import TransparencyLog

/// What holds for every announcement that comes out of a database which others can write to.
enum AnnouncementLaws {
    private static let keys = [7, 9].compactMap { (octet: UInt8) in
        NoteVerifierKey(name: "plant-\(octet)", key: [UInt8](repeating: octet, count: 32))
    }
    private static let kinds = [
        "token-created", "token-revoked", "policy-proposed", "heartbeat", "policy-published", "grant-given",
        "grant-withdrawn", "key-follows",
    ]

    /// Checks one input: the first byte says which kind of announcement the rest is, the second what surrounds it.
    ///
    /// - Returns: The law that it breaks; `nil` when all hold.
    static func violation(by input: [UInt8]) -> String? {
        guard input.count >= 2 else { return nil }
        let payload = Array(input.dropFirst(2))
        let known = Int(input[0]) % (self.kinds.count + 1)
        let kind =
            known < self.kinds.count ? self.kinds[known] : String(decoding: payload.prefix(20), as: UTF8.self)
        if let announcement = Announcement(kind: kind, payload: payload) {
            guard payload.count <= Announcement.maximumPayload else {
                return "an announcement is longer than its limit"
            }
            // What is written again is read as the same, so that every gateway hears the same.
            guard Announcement(kind: announcement.kind, payload: announcement.payload) == announcement else {
                return "an announcement does not read back"
            }
        }
        return self.forged(kind, payload, UInt64(input[1]))
    }

    /// Nothing that nobody signed is taken, and it changes nothing.
    private static func forged(_ kind: String, _ payload: [UInt8], _ number: UInt64) -> String? {
        var reader = AnnouncementReader(keys: self.keys)
        let before = reader.taken
        let signed = SignedAnnouncement(
            signer: number % 3 == 0 ? "plant-5+00000000" : self.keys[Int(number % 2)].announcerName,
            sequence: number / 64,
            time: Int64(number),
            kind: kind,
            payload: payload,
            signature: Array((payload + [UInt8](repeating: UInt8(number % 256), count: 64)).prefix(64))
        )
        if (try? reader.take(signed)) != nil { return "an announcement that nobody signed is taken" }
        if (try? reader.takeHeartbeat(signed, at: 0)) != nil { return "a heartbeat that nobody signed is taken" }
        guard reader.taken == before, !reader.isFresh(at: Int64(number)) else { return "what was refused counts" }
        return nil
    }
}
