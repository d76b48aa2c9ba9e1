import Testing
import TransparencyLog

@testable import DecisionLog

/// Erasing is said before it is done; a key that is gone without a word, or came back, is found.
@Suite("Keys of persons that are gone", .timeLimit(.minutes(20)))
struct PersonKeyUseTests {
    private static func key(_ store: MemoryStore, of person: String, _ keys: LogKeys) throws -> String {
        let persons = try PersonKeys(store: store, master: keys.master)
        return PersonKeys.folder + "/" + (try #require(persons.existing(for: person))).id.text
    }

    @Test("A key that was removed past the log is named, with the first entry that nobody can read any more")
    func removed() async throws {
        let (store, keys) = try await TamperTests.small()
        let path = try Self.key(store, of: "uuid:anna", keys)
        store.set(path, nil)
        let problem = try #require(TamperTests.verify(store, keys).problems.first)
        #expect(problem.path == path)
        // Their groups and attributes, which stand before the first decision.
        #expect(problem.entry == 1)
        // Where no keys lie beside the log, nothing can be said about them.
        for path in store.paths where path.hasPrefix(PersonKeys.folder) { store.set(path, nil) }
        #expect(TamperTests.verify(store, keys).isIntact)
    }

    @Test("A key that the log says was destroyed, and that is there again, is named")
    func restored() async throws {
        let (store, keys) = try await TamperTests.small()
        let path = try Self.key(store, of: "uuid:anna", keys)
        let bytes = store.bytes(path)
        let log = try DecisionLog(store: store, gateway: "plant-1", keys: keys)
        #expect(try log.erase(person: "uuid:anna") == 1)
        #expect(try log.erase(person: "uuid:anna") == 0)
        log.close()
        #expect(TamperTests.verify(store, keys).problems == [])
        store.set(path, bytes)
        #expect(TamperTests.verify(store, keys).problems.map(\.path) == [path])
    }

    @Test("Nothing is erased while that cannot be written down")
    func notRecorded() async throws {
        let (store, keys) = try await TamperTests.small()
        let path = try Self.key(store, of: "uuid:anna", keys)
        let log = try DecisionLog(
            store: store,
            gateway: "plant-1",
            keys: keys,
            configuration: DecisionLogConfiguration(journal: JournalConfiguration(retryMilliseconds: 1))
        )
        log.journal.waitForOwn()
        store.breakOperation(store.operations + 1, .lost, andAllAfter: true)
        #expect(throws: LogFailure.self) { try log.erase(person: "uuid:anna", patience: .milliseconds(50)) }
        #expect(try store.size(path) != nil)
        store.heal()
        log.close()
    }
}
