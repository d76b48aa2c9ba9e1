extension Value: CustomStringConvertible {
    /// The value as Cedar text, as far as the language can write it.
    public var description: String {
        switch self {
        case .bool(let value): return value ? "true" : "false"
        case .long(let value): return String(value)
        case .string(let text): return Escapes.quoted(text)
        case .entity(let uid): return uid.description
        case .set(let set): return "[\(set.map(\.description).joined(separator: ", "))]"
        case .record(let record):
            let fields = record.map { key, value in
                "\(Identifier.isUsable(key) ? key : Escapes.quoted(key)): \(value)"
            }
            return "{\(fields.joined(separator: ", "))}"
        case .extension(.datetime(let moment)):
            let offset = "duration(\"\(moment.millisecondsSinceEpoch)ms\")"
            return "datetime(\"1970-01-01\").offset(\(offset))"
        case .extension(let value): return "\(value.type.constructor.rawValue)(\"\(value)\")"
        }
    }
}
