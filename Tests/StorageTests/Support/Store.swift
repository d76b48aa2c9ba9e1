import DecisionLog
import Foundation
import PostgreSQLStorage
import SQLiteStorage
import Testing

/// A place for an index, which can be opened again and again; one for each kind of database.
final class Store: Sendable {
    enum Kind: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case sqlite = "SQLite"
        case postgresql = "PostgreSQL"

        var testDescription: String { self.rawValue }

        /// The kinds that this machine has.
        static let available: [Kind] = Kind.allCases.filter { $0 == .sqlite || PostgreSQLServer.isInstalled }
    }

    let kind: Kind
    let folder = Folder()
    private let configuration: PostgreSQLConfiguration?

    init(_ kind: Kind) throws {
        self.kind = kind
        self.configuration = kind == .postgresql ? try PostgreSQLServer.shared.database() : nil
    }

    /// Opens the index that is there, as a process does that starts.
    func open(gateway: String = "plant-1") throws -> any DecisionIndex {
        guard let configuration else { return try SQLiteIndex(folder: self.folder.path) }
        return PostgreSQLIndex(configuration, gateway: gateway, log: "key of \(gateway)")
    }

    /// The index with `count` sample entries.
    func filled(count: UInt64 = 120, batch: UInt64 = 7) throws -> any DecisionIndex {
        let index = try self.open()
        var next = try index.nextIndex()
        while next < count {
            let end = min(count, next + batch)
            try index.ingest((next..<end).map { SampleEntries.entry($0) }, next: end)
            next = end
        }
        return index
    }
}

/// A folder of a test's own, gone when the tests end: an index may outlive the test that names its folder.
struct Folder: Sendable {
    let path = Self.parent + "/\(UUID())"

    private static let parent: String = {
        atexit { try? FileManager.default.removeItem(atPath: Folder.parent) }
        return FileManager.default.temporaryDirectory.appending(path: "stile-index-\(getpid())").path
    }()
}

extension DecisionIndex {
    /// Every page of a query, one after another.
    func all(
        _ query: DecisionQuery = DecisionQuery(),
        _ order: QueryOrder = .oldestFirst,
        page: Int = 11
    ) async throws
        -> [DecisionRow]
    {
        var rows: [DecisionRow] = []
        var cursor: QueryCursor?
        repeat {
            let found = try await self.page(query, order: order, after: cursor, limit: page)
            rows += found.rows
            // A cursor goes out as text and comes back as text.
            cursor = found.next.flatMap { QueryCursor($0.description) }
        } while cursor != nil
        return rows
    }
}
