import TransparencyLog

/// Puts entries together: the leaf with its commitments, and the parts beside it, in one buffer that is used again.
///
/// It does no I/O and asks nobody; given the same random bits and moment it makes the same bytes, which a test holds.
struct EntryEncoder {
    /// The payload of the last entry.
    private(set) var payload: [UInt8] = []
    private var parts: [UInt8] = []
    private var person: [UInt8] = []
    private var clock = CachedClock()
    private let cipher = RecordCipher()

    /// What differs from record to record.
    struct Moment {
        var id: DecisionID
        var time: Timestamp
        var micros: UInt32
        var exchange: RecordedExchange?
        var repetition: RecordedRepetition?
        /// One for each part.
        var salts: (Salt, Salt, Salt)
    }

    /// Makes the payload of a decision.
    ///
    /// `trace` appends the trace's fields to the person part, after a comma.
    @inline(__always)
    mutating func encode(
        _ decision: PreparedDecision,
        by who: PreparedPerson,
        _ moment: Moment,
        trace: (inout [UInt8]) -> Void
    ) {
        self.person.removeAll(keepingCapacity: true)
        self.person.append(contentsOf: who.beginning)
        trace(&self.person)
        self.person.append(UInt8(ascii: "}"))

        self.parts.removeAll(keepingCapacity: true)
        let personCommitment = self.appendPerson(under: who.key, salt: moment.salts.0)
        let explanation = self.append(.explanation, decision.explanation, decision.explanationDigest, moment.salts.1)
        let facts = self.append(.facts, decision.facts, decision.factsDigest, moment.salts.2)

        self.beginPayload()
        LeafText.begin("decision", moment.id, self.clock.text(of: moment.time), to: &self.payload)
        JSONText.appendRaw(",\"micros\":", to: &self.payload)
        JSONText.append(moment.micros, to: &self.payload)
        if let exchange = moment.exchange { RecordEncoding.append(exchange, to: &self.payload) }
        if let repetition = moment.repetition { RecordEncoding.append(repetition, to: &self.payload) }
        self.payload.append(contentsOf: decision.fields)
        LeafText.end((personCommitment, explanation, facts), to: &self.payload)
        self.endPayload()
    }

    /// Makes the payload of a person's facts; returns the hash that records refer to it by.
    mutating func encode(_ facts: PersonFacts, of key: PersonKey, gateway: String, _ moment: Moment) -> LogHash {
        self.person = PersonCipher.zeros + RecordEncoding.personFacts(facts.fitted)
        self.parts.removeAll(keepingCapacity: true)
        let commitment = self.appendPerson(under: key, salt: moment.salts.0)
        self.appendAbsentParts(2)
        self.beginPayload()
        LeafText.begin("facts", moment.id, self.clock.text(of: moment.time), to: &self.payload)
        RecordEncoding.append(gateway, as: "gateway", to: &self.payload)
        LeafText.end((commitment, nil, nil), to: &self.payload)
        let hash = unsafe self.payload[2...].withUnsafeBytes { unsafe MerkleHash.leaf($0) }
        self.endPayload()
        return hash
    }

    /// Makes the payload of an event.
    mutating func encode(_ whole: LogEvent) {
        let event = whole.fitted
        self.parts.removeAll(keepingCapacity: true)
        self.appendAbsentParts(3)
        self.beginPayload()
        LeafText.begin("event", event.id, self.clock.text(of: event.time), to: &self.payload)
        RecordEncoding.append(event.gateway, as: "gateway", to: &self.payload)
        RecordEncoding.append(event.name, as: "event", to: &self.payload)
        JSONText.appendName("details", to: &self.payload)
        JSONText.append(event.details, to: &self.payload)
        LeafText.end((nil, nil, nil), to: &self.payload)
        self.endPayload()
    }

    private mutating func appendPerson(under key: PersonKey, salt: Salt) -> LogHash {
        let length = self.person.count - PersonCipher.zeros.count + PersonCipher.overhead
        BigEndian.append(UInt32(length), to: &self.parts)
        salt.append(to: &self.parts)
        let start = self.parts.count
        PersonCipher.seal(behindZeros: self.person, under: key, salt: salt, by: self.cipher, to: &self.parts)
        let digest = unsafe self.parts.withUnsafeBytes { buffer in
            unsafe Commitment.digest(UnsafeRawBufferPointer(rebasing: buffer[start...]))
        }
        return Commitment.make(.person, salt: salt, digest: digest)
    }

    private mutating func append(_ part: LogPart, _ stored: [UInt8]?, _ digest: LogHash?, _ salt: Salt) -> LogHash? {
        guard let stored, let digest else {
            self.appendAbsentParts(1)
            return nil
        }
        BigEndian.append(UInt32(stored.count), to: &self.parts)
        salt.append(to: &self.parts)
        self.parts.append(contentsOf: stored)
        return Commitment.make(part, salt: salt, digest: digest)
    }

    private mutating func appendAbsentParts(_ count: Int) {
        for _ in 0..<count { BigEndian.append(LogEntry.absent, to: &self.parts) }
    }

    private mutating func beginPayload() {
        self.payload.removeAll(keepingCapacity: true)
        BigEndian.append(UInt16(0), to: &self.payload)
    }

    private mutating func endPayload() {
        let length = self.payload.count - 2
        // Everything that goes into a leaf was brought to its short form before, at 50,000 bytes in the worst case.
        precondition(length <= EntryBundle.maximumEntryBytes, "a leaf of \(length) bytes does not fit a bundle")
        self.payload[0] = UInt8(length >> 8)
        self.payload[1] = UInt8(length & 0xFF)
        self.payload.append(contentsOf: self.parts)
    }
}

/// The written form of a moment, of which only the fraction changes within a second.
private struct CachedClock {
    private var second = Int64.min
    private var bytes = [UInt8](repeating: 0, count: Timestamp.textLength)

    mutating func text(of time: Timestamp) -> [UInt8] {
        let second = time.seconds
        if second != self.second {
            self.second = second
            self.bytes.removeAll(keepingCapacity: true)
            TimestampText.append(time, to: &self.bytes)
            return self.bytes
        }
        var rest = time.microseconds - second * 1_000_000
        for place in stride(from: 25, through: 20, by: -1) {
            self.bytes[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        return self.bytes
    }
}
