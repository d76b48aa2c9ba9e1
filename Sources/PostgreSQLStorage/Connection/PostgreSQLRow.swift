/// A value handed to the server beside the statement, never inside it.
package enum PostgreSQLParameter: Hashable, Sendable {
    case null
    case text(String)
    case integer(Int64)
    case bytes([UInt8])

    init(_ text: String?) { self = text.map { .text($0.withoutNUL) } ?? .null }

    init(_ numbers: [Int32]) { self = .text("{" + numbers.map { String($0) }.joined(separator: ",") + "}") }
}

extension String {
    /// The text as PostgreSQL can hold it: it has no NUL.
    var withoutNUL: String {
        self.utf8.contains(0)
            ? String(String.UnicodeScalarView(self.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 })) : self
    }
}

/// A row of an answer, in the binary format.
package struct PostgreSQLRow: Hashable, Sendable {
    let cells: [[UInt8]?]

    func isNull(_ column: Int) -> Bool { self.cells[column] == nil }

    /// A whole number of two, four or eight bytes, or a truth value.
    func integer(_ column: Int) throws(PostgreSQLFailure) -> Int64 {
        guard let bytes = self.cells[column], [1, 2, 4, 8].contains(bytes.count) else {
            throw PostgreSQLFailure(kind: .unreadable, message: "no number in column \(column)")
        }
        let value = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return switch bytes.count {
        case 1: Int64(value)
        case 2: Int64(Int16(truncatingIfNeeded: value))
        case 4: Int64(Int32(truncatingIfNeeded: value))
        default: Int64(bitPattern: value)
        }
    }

    func number(_ column: Int) throws(PostgreSQLFailure) -> Int32 {
        Int32(truncatingIfNeeded: try self.integer(column))
    }

    func text(_ column: Int) -> String? { self.cells[column].map { String(decoding: $0, as: UTF8.self) } }

    func bytes(_ column: Int) -> [UInt8] { self.cells[column] ?? [] }
}
