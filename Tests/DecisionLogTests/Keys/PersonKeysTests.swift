import Crypto
import Testing
import TransparencyLog

@testable import DecisionLog

@Suite("Persons' keys and parts")
struct PersonKeysTests {
    @Test("A part is read only under its own key, and no byte of it can be changed")
    func cipher() {
        let key = PersonKey.fresh(for: "uuid:anna")
        let salt = Salt(high: 1, low: 2)
        var stored: [UInt8] = []
        PersonCipher.seal(
            behindZeros: PersonCipher.zeros + Array("secret".utf8),
            under: key,
            salt: salt,
            by: RecordCipher(),
            to: &stored
        )
        #expect(stored.count == 6 + PersonCipher.overhead)
        #expect(PersonCipher.keyID(of: stored[...]) == key.id)
        #expect(PersonCipher.open(stored[...], under: key, salt: salt) == Array("secret".utf8))
        #expect(PersonCipher.open(stored[...], under: key, salt: Salt(high: 1, low: 3)) == nil)
        #expect(PersonCipher.open(stored[...], under: PersonKey.fresh(for: "uuid:anna"), salt: salt) == nil)
        let disclosed = PersonCipher.disclosedKey(of: key, salt: salt)
        #expect(PersonCipher.open(stored[...], recordKey: disclosed) == Array("secret".utf8))
        for place in stored.indices where !(1..<17).contains(place) {
            var changed = stored
            changed[place] ^= 1
            #expect(PersonCipher.open(changed[...], under: key, salt: salt) == nil)
        }
    }

    @Test("Keys come back after a restart, and not after they were destroyed")
    func lifetime() throws {
        let store = MemoryStore()
        let master = MasterKey.fresh()
        let keys = try PersonKeys(store: store, master: master)
        let anna = try keys.key(for: "uuid:anna")
        let ben = try keys.key(for: "uuid:ben")
        #expect(try keys.key(for: "uuid:anna").id == anna.id)
        let again = try PersonKeys(store: store.afterPowerFailure(), master: master)
        #expect(again.existing(for: "uuid:anna")?.id == anna.id)
        #expect(try keys.destroy(owner: "uuid:anna") == 1)
        let after = try PersonKeys(store: store.afterPowerFailure(), master: master)
        #expect(after.key(anna.id) == nil)
        #expect(after.key(ben.id)?.owner == "uuid:ben")
        #expect(keys.existing(for: "uuid:anna") == nil)
    }

    @Test("Files of keys say nothing about whose they are, and open under their own master key only")
    func wrapping() throws {
        let store = MemoryStore()
        let keys = try PersonKeys(store: store, master: .fresh())
        _ = try keys.key(for: "uuid:anna")
        let path = try #require(store.paths.first)
        #expect(!String(decoding: store.bytes(path), as: UTF8.self).contains("anna"))
        #expect(throws: LogFailure.corrupt(path, offset: 0)) { try PersonKeys(store: store, master: .fresh()) }
    }

    @Test(
        "A key of the log that is lost or damaged is named, with what can be done",
        arguments: [LogKeys.signerPath, LogKeys.masterPath]
    )
    func lostKeys(path: String) throws {
        let store = MemoryStore()
        #expect(throws: LogFailure.keyMissing(LogKeys.signerPath)) { try LogKeys.read(from: store) }
        _ = try LogKeys.create(origin: "stile.plant.example", in: store)
        let bytes = store.bytes(path)
        store.set(path, nil)
        #expect(throws: LogFailure.keyMissing(path)) { try LogKeys.read(from: store) }
        for damaged in [[], [0x0A], Array(bytes.dropLast()), Array("x".utf8) + bytes] as [[UInt8]] {
            store.set(path, damaged)
            #expect(throws: LogFailure.keyDamaged(path)) { try LogKeys.read(from: store) }
        }
        let sentence = LogFailure.keyMissing(path).description
        #expect(sentence.contains("`\(path)`") && sentence.contains("stile log init") && sentence.contains("restore"))
    }

    @Test("A log's keys are made once and read back")
    func logKeys() throws {
        let store = MemoryStore()
        let made = try LogKeys.create(origin: "stile.plant.example", in: store)
        let read = try LogKeys.read(from: store)
        #expect(read.signer.verifier == made.signer.verifier)
        #expect(try LogKeys.readVerifiers(from: store) == [made.signer.verifier])
        #expect(throws: LogFailure.keysExist(LogKeys.signerPath)) { try LogKeys.create(origin: "other", in: store) }
        #expect(throws: LogFailure.malformedOrigin("a b")) { try LogKeys.create(origin: "a b", in: MemoryStore()) }
    }
}
