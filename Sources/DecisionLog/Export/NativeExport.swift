/// A record as one JSON object with everything in it; a part that is missing was erased or withheld.
enum NativeExport {
    /// Something that happened to the log itself.
    static func value(_ event: LogEvent, at place: UInt64) -> JSONValue {
        .object([
            "v": .integer(1), "kind": .string("event"), "index": .integer(Int64(place)),
            "id": .string(event.id.description), "time": .string(event.time.description),
            "gateway": .string(event.gateway), "event": .string(event.name), "details": event.details,
        ])
    }

    /// An entry of a version that this code does not know, raw.
    static func value(unknown text: String, at place: UInt64) -> JSONValue {
        .object(["kind": .string("unknown"), "index": .integer(Int64(place)), "raw": .string(text)])
    }

    static func value(_ record: DecisionRecord, at place: UInt64) -> JSONValue {
        var header =
            JSONReader.value((Array("{\"v\":1".utf8) + RecordEncoding.fields(of: record.verdict) + [0x7D])[...])?.object
            ?? [:]
        header["index"] = .integer(Int64(place))
        header["id"] = .string(record.id.description)
        header["time"] = .string(record.time.description)
        header["micros"] = .integer(Int64(record.micros))
        if let repetition = record.repetition {
            header["count"] = .integer(Int64(clamping: repetition.count))
            header["until"] = .string(repetition.until.description)
        }
        if let exchange = record.exchange {
            header["exchange"] = .members([
                ("opening", .string(exchange.opening.description)), ("phase", .string(exchange.phase.rawValue)),
                ("status", exchange.status.map { .integer(Int64($0)) }),
                ("in", .integer(Int64(clamping: exchange.bytesIn))),
                ("out", .integer(Int64(clamping: exchange.bytesOut))),
            ])
        }
        if let person = record.person {
            header["person"] = .members([
                ("id", .text(person.who.id)), ("name", .text(person.who.name)),
                ("clearance", .text(person.who.clearance)),
                ("authentication", .text(person.who.authentication)), ("peer", .string(person.trace.peer)),
                ("method", .string(person.trace.method)), ("path", .string(person.trace.path)),
                ("request", .text(person.trace.request)), ("trace", .text(person.trace.trace)),
                ("purpose", .text(person.trace.purpose)),
            ])
        }
        header["explanation"] = record.explanation.flatMap { JSONReader.value(RecordEncoding.explanation($0)[...]) }
        header["facts"] = record.facts.flatMap { JSONReader.value(RecordEncoding.facts($0)[...]) }
        return .object(header)
    }
}
