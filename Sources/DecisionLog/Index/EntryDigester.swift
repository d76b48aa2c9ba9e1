import TransparencyLog

/// Reads entries for the index, by what their bytes have in common.
///
/// A gateway writes the same header fields, the same person and the same explanation thousands of times. Each of these is
/// read as JSON once, and known again by its bytes; what differs (id, moment, path) stands at known places. Whatever does
/// not look like that is read the long way, with the same result, which a test holds.
struct EntryDigester {
    private let keys: PersonKeys
    private var verdicts: [KnownBytes: Shared<Verdict>] = [:]
    private var persons: [KnownBytes: Shared<RecordedPerson>] = [:]
    private var flips: [KnownBytes: String?] = [:]
    private var second: (text: [UInt8], microseconds: Int64) = ([], 0)

    /// How much of each kind is known at once.
    private static let maximumKnown = 20_000

    init(keys: PersonKeys) { self.keys = keys }

    /// What the index needs of an entry; `nil` when it is not a decision.
    mutating func digest(_ entry: LogEntry, at place: UInt64) -> IndexedEntry? {
        guard entry.leaf.starts(with: Self.beginning) else { return nil }
        guard var digest = self.header(entry.leaf, at: place) else { return self.longWay(entry, at: place) }
        if let part = entry[.explanation] {
            guard let flip = self.flip(part.stored) else { return self.longWay(entry, at: place) }
            digest.flip = flip
        }
        if let part = entry[.person], let id = PersonCipher.keyID(of: part.stored), let key = self.keys.key(id) {
            guard let plain = PersonCipher.open(part.stored, under: key, salt: part.salt),
                self.person(plain[...], into: &digest)
            else { return self.longWay(entry, at: place) }
        }
        return digest
    }

    private func longWay(_ entry: LogEntry, at place: UInt64) -> IndexedEntry? {
        guard case .decision(let record) = entry.content(keys: self.keys) else { return nil }
        return IndexedEntry(index: place, record: record)
    }

    /// The beginning, id, moment and micros of a leaf, then fields known by their bytes, then the commitments.
    private mutating func header(_ leaf: ArraySlice<UInt8>, at place: UInt64) -> IndexedEntry? {
        var position = leaf.startIndex + Self.beginning.count
        let timeStart = position + DecisionID.textLength + Self.beforeTime.count
        let timeEnd = timeStart + Timestamp.textLength
        guard timeEnd + Self.beforeMicros.count < leaf.endIndex,
            let id = DecisionID(bytes: leaf[position..<position + DecisionID.textLength]),
            leaf[(timeStart - Self.beforeTime.count)..<timeStart].elementsEqual(Self.beforeTime),
            let time = self.time(leaf[timeStart..<timeEnd]),
            leaf[timeEnd..<timeEnd + Self.beforeMicros.count].elementsEqual(Self.beforeMicros)
        else { return nil }
        position = timeEnd + Self.beforeMicros.count
        var micros: UInt32 = 0
        while position < leaf.endIndex, (0x30...0x39).contains(leaf[position]) {
            micros = micros &* 10 &+ UInt32(leaf[position] - 0x30)
            position += 1
        }
        guard leaf[position...].starts(with: Self.beforeFields), let end = LeafText.fieldsEnd(of: leaf), position < end,
            let verdict = self.verdict(leaf[position..<end])
        else { return nil }
        return IndexedEntry(index: place, id: id, time: time, micros: micros, verdict: verdict)
    }

    private mutating func verdict(_ fields: ArraySlice<UInt8>) -> Shared<Verdict>? {
        let known = KnownBytes(fields)
        if let verdict = self.verdicts[known] { return verdict }
        let text = [UInt8(ascii: "{")] + fields.dropFirst() + [UInt8(ascii: "}")]
        guard let verdict = JSONReader.value(text[...]).flatMap(RecordDecoding.verdict).map({ Shared($0) }) else {
            return nil
        }
        if self.verdicts.count >= Self.maximumKnown { self.verdicts.removeAll() }
        self.verdicts[known] = verdict
        return verdict
    }

    private mutating func flip(_ explanation: ArraySlice<UInt8>) -> String?? {
        let known = KnownBytes(explanation)
        if let flip = self.flips[known] { return .some(flip) }
        guard let read = JSONReader.value(explanation).flatMap(RecordDecoding.explanation) else { return nil }
        if self.flips.count >= Self.maximumKnown { self.flips.removeAll() }
        self.flips[known] = .some(read.flips.first?.label)
        return .some(read.flips.first?.label)
    }

    /// Reads `{… who …,"peer":"…","method":"…","path":"…"…}`.
    private mutating func person(_ part: ArraySlice<UInt8>, into digest: inout IndexedEntry) -> Bool {
        // An unescaped quote after a comma begins a name: inside a text there is none.
        guard let who = Self.place(of: Self.peerName, in: part) else { return false }
        var position = who
        guard let peer = Self.text(after: Self.peerName, in: part, at: &position),
            let method = Self.text(after: Self.methodName, in: part, at: &position),
            let path = Self.text(after: Self.pathName, in: part, at: &position)
        else { return false }
        let known = KnownBytes(part[..<who])
        if let person = self.persons[known] {
            digest.person = person
        } else {
            guard let read = JSONReader.value(part).flatMap(RecordDecoding.person) else { return false }
            if self.persons.count >= Self.maximumKnown { self.persons.removeAll() }
            let person = Shared(read.who)
            self.persons[known] = person
            digest.person = person
        }
        (digest.peer, digest.method, digest.path) = (peer, method, path)
        return true
    }

    /// The text after a name; `nil` when something else stands there, or the text has escapes.
    private static func text(after name: [UInt8], in part: ArraySlice<UInt8>, at position: inout Int) -> String? {
        guard part[position...].starts(with: name) else { return nil }
        let start = position + name.count
        guard let end = part[start...].firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }),
            part[end] == UInt8(ascii: "\"")
        else { return nil }
        position = end + 1
        return String(decoding: part[start..<end], as: UTF8.self)
    }

    private static func place(of word: [UInt8], in part: ArraySlice<UInt8>) -> Int? {
        guard part.count >= word.count else { return nil }
        for start in part.startIndex...(part.endIndex - word.count)
        where part[start] == word[0] && part[start + 2] == word[2] && part[start...].starts(with: word) { return start }
        return nil
    }

    /// The moment, of which the second is the same as before most of the time.
    private mutating func time(_ text: ArraySlice<UInt8>) -> Timestamp? {
        let fraction = text.startIndex + 20
        guard text[(text.startIndex)..<fraction].elementsEqual(self.second.text), text.last == UInt8(ascii: "Z"),
            let micros = TimestampText.number(text[fraction..<text.endIndex - 1])
        else {
            guard let time = Timestamp(String(decoding: text, as: UTF8.self)) else { return nil }
            self.second = (Array(text[..<fraction]), time.seconds * 1_000_000)
            return time
        }
        return Timestamp(microseconds: self.second.microseconds + micros)
    }

    private static let beginning = Array("{\"v\":1,\"kind\":\"decision\",\"id\":\"".utf8)
    private static let beforeTime = Array("\",\"time\":\"".utf8)
    private static let beforeMicros = Array("\",\"micros\":".utf8)
    private static let beforeFields = Array(",\"gateway\":".utf8)
    private static let peerName = Array(",\"peer\":\"".utf8)
    private static let methodName = Array(",\"method\":\"".utf8)
    private static let pathName = Array(",\"path\":\"".utf8)
}

/// Bytes as the key of a table; their hash is made eight at a time, once.
///
/// Only what we wrote ourselves is looked up with it, so it need not withstand chosen keys.
private struct KnownBytes: Hashable {
    private let bytes: [UInt8]
    private let mixed: UInt64

    init(_ slice: ArraySlice<UInt8>) {
        self.bytes = Array(slice)
        self.mixed = unsafe self.bytes.withUnsafeBytes { buffer in
            var mixed = UInt64(buffer.count)
            var place = 0
            while place + 8 <= buffer.count {
                mixed =
                    (mixed ^ (unsafe buffer.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
                    &* 0x9E37_79B9_7F4A_7C15
                mixed ^= mixed >> 29
                place += 8
            }
            while place < buffer.count {
                mixed = (mixed ^ UInt64(unsafe buffer[place])) &* 0x9E37_79B9_7F4A_7C15
                mixed ^= mixed >> 29
                place += 1
            }
            return mixed
        }
    }

    func hash(into hasher: inout Hasher) { hasher.combine(self.mixed) }

    static func == (a: Self, b: Self) -> Bool { a.mixed == b.mixed && a.bytes == b.bytes }
}
