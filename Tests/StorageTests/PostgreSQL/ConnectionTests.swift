import DecisionLog
import Foundation
import PostgreSQLStorage
import Testing

@Suite("The connection to PostgreSQL", .timeLimit(.minutes(20)))
struct ConnectionTests {
    @Test(
        "A connection string that would leak or mislead is refused with the reason",
        arguments: [
            ("host=db.example password=geheim", ConnectionStringError.password),
            ("postgresql://stile:geheim@db.example/stile", .password),
            ("dbname=stile", .noHost),
            ("host", .malformed),
            ("host=db.example nonsense=1", .malformed),
        ] as [(String, ConnectionStringError)]
    )
    func strings(text: String, error: ConnectionStringError) {
        #expect(PostgreSQLConfiguration(connection: text).problem == error)
        #expect(!error.description.contains("geheim"))
    }

    @Test("TLS with the server's name is the default, and can be said otherwise")
    func security() {
        #expect(PostgreSQLConfiguration(connection: "host=db.example").security == "verify-full")
        #expect(PostgreSQLConfiguration(connection: "host=db.example sslmode=require").security == "require")
    }

    @Test("A server that is not there is an error in time, and says which")
    func nobody() {
        let index = PostgreSQLIndex(
            PostgreSQLConfiguration(connection: "host=/nonexistent dbname=stile"),
            gateway: "plant-1",
            log: "key"
        )
        let failure = #expect(throws: IndexFailure.self) { try index.nextIndex() }
        #expect("\(failure as Any)".contains("/nonexistent"))
    }

    @Test(
        "A newer version's tables are left alone",
        .enabled(if: PostgreSQLServer.isInstalled, Comment(rawValue: PostgreSQLServer.missing))
    )
    func newer() throws {
        let configuration = try PostgreSQLServer.shared.database()
        let database = try #require(configuration.connection.split(separator: "=").last.map(String.init))
        _ = try PostgreSQLIndex(configuration, gateway: "plant-1", log: "key").nextIndex()
        // Once more changes nothing.
        _ = try PostgreSQLIndex(configuration, gateway: "plant-1", log: "key").nextIndex()
        #expect(try PostgreSQLServer.shared.sql("SELECT count(*) FROM stile.migrations", in: database) == "1\n")
        try PostgreSQLServer.shared.sql("INSERT INTO stile.migrations VALUES (99, now())", in: database)
        #expect(throws: IndexFailure.self) {
            try PostgreSQLIndex(configuration, gateway: "plant-1", log: "key").nextIndex()
        }
    }
}
