import TransparencyLog

/// What an entry says.
package enum EntryContent: Hashable, Sendable {
    /// A decision.
    case decision(DecisionRecord)
    /// A person's groups and attributes; `nil` when they were erased.
    case facts(PersonFacts?)
    /// Something that happened to the log.
    case event(LogEvent)
    /// An entry of a version or kind that this code does not know, kept and shown as it is.
    case unknown(String)
}

extension LogEntry {
    /// Reads the entry; person parts are opened as far as `keys` has their keys.
    package func content(keys: PersonKeys?) -> EntryContent {
        self.content { id in keys?.key(id) }
    }

    /// Reads the entry; `key` gives the keys of person parts.
    func content(key: (PersonKey.ID) -> PersonKey?) -> EntryContent {
        guard let part = self[.person], let id = PersonCipher.keyID(of: part.stored), let key = key(id) else {
            return self.content(opened: nil)
        }
        return self.content(opened: PersonCipher.open(part.stored, under: key, salt: part.salt))
    }

    /// Reads the entry, whose person part was opened already, if it could be.
    func content(opened person: [UInt8]?) -> EntryContent {
        let raw = EntryContent.unknown(String(decoding: self.leaf, as: UTF8.self))
        guard let header = JSONReader.value(self.leaf), header["v"]?.integer == Int64(DecisionRecord.version),
            let id = header["id"]?.string.flatMap({ DecisionID($0) }),
            let time = header["time"]?.string.flatMap({ Timestamp($0) })
        else { return raw }
        switch header["kind"]?.string {
        case "decision":
            guard let verdict = RecordDecoding.verdict(header) else { return raw }
            var record = DecisionRecord(id: id, time: time, verdict: verdict)
            record.micros = header["micros"]?.integer.flatMap(UInt32.init(exactly:)) ?? 0
            record.exchange = header["exchange"].flatMap(RecordDecoding.exchange)
            record.repetition = RecordDecoding.repetition(header)
            record.person = person.flatMap { JSONReader.value($0[...]) }.flatMap(RecordDecoding.person)
            record.explanation = self.openPart(.explanation).flatMap(RecordDecoding.explanation)
            record.facts = self.openPart(.facts).flatMap(RecordDecoding.facts)
            return .decision(record)
        case "facts":
            return .facts(person.flatMap { JSONReader.value($0[...]) }.flatMap(RecordDecoding.personFacts))
        case "event":
            guard let gateway = header["gateway"]?.string, let name = header["event"]?.string else { return raw }
            let details = header["details"] ?? .null
            return .event(LogEvent(id: id, time: time, gateway: gateway, name: name, details: details))
        default:
            return raw
        }
    }

    private func openPart(_ part: LogPart) -> JSONValue? { self[part].flatMap { JSONReader.value($0.stored) } }
}
