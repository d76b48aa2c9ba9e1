import Crypto
import DecisionLog
import Foundation
import TransparencyLog

/// What holds for every small file and every name that the log finds in its folders: each has one spelling.
enum FileLaws {
    private static let signer = NoteSignerKey(name: "stile.plant.example")
    private static let master = MasterKey.fresh()

    static func violation(by input: [UInt8]) -> String? {
        guard let first = input.first, let signer else { return nil }
        let bytes = Array(input.dropFirst())
        let text = String(decoding: bytes, as: UTF8.self)
        switch first % 9 {
        case 0: return self.signers(bytes)
        case 1: return self.masterKey(bytes, signer)
        case 2: return self.verifiers(bytes)
        case 3: return self.personKey(bytes)
        case 4: return self.cursor(bytes)
        case 5:
            guard let segment = Segment(name: text) else { return nil }
            return Array(segment.path.utf8) == Array("journal/".utf8) + bytes ? nil : "a segment has two names"
        case 6:
            guard let index = TileCoordinate.index(name: text) else { return nil }
            let name = TileCoordinate.name(index: index, width: TileCoordinate.fullWidth)
            return Array(name.utf8) == bytes ? nil : "a tile has two names"
        case 7: return self.bundle(bytes)
        default:
            guard let time = Timestamp(text) else { return nil }
            return Timestamp(time.description) == time ? nil : "a moment does not read back"
        }
    }

    private static func signers(_ bytes: [UInt8]) -> String? {
        let store = FuzzStore([LogKeys.signerPath: bytes, LogKeys.masterPath: self.masterText])
        guard let keys = try? LogKeys.read(from: store) else { return nil }
        let again = keys.signers.map { $0.secretText + "\n" }.joined()
        return Array(again.utf8) == bytes ? nil : "signing keys have two spellings"
    }

    private static func masterKey(_ bytes: [UInt8], _ signer: NoteSignerKey) -> String? {
        let store = FuzzStore([LogKeys.signerPath: Array((signer.secretText + "\n").utf8), LogKeys.masterPath: bytes])
        guard let keys = try? LogKeys.read(from: store) else { return nil }
        return self.text(of: keys.master) == bytes ? nil : "a master key has two spellings"
    }

    private static func verifiers(_ bytes: [UInt8]) -> String? {
        guard let keys = try? LogKeys.readVerifiers(from: FuzzStore([LogKeys.verifierPath: bytes])) else { return nil }
        let again = keys.map { $0.description + "\n" }.joined()
        return Array(again.utf8) == bytes ? nil : "public keys have two spellings"
    }

    /// The name of a key's file is its id; nothing that nobody encrypted is a key.
    private static func personKey(_ bytes: [UInt8]) -> String? {
        let name = String(decoding: bytes.prefix(32).filter { (0x21...0x7E).contains($0) && $0 != 0x2F }, as: UTF8.self)
        guard !name.isEmpty else { return nil }
        let store = FuzzStore([PersonKeys.folder + "/" + name: Array(bytes.dropFirst(32))])
        let isNone = (try? PersonKeys(store: store, master: self.master)) == nil
        return isNone ? nil : "something that is no key is taken for one"
    }

    private static func cursor(_ bytes: [UInt8]) -> String? {
        let store = FuzzStore(["siem": bytes])
        let cursor = ShipCursor(store: store, name: "siem")
        guard let place = try? cursor.read() else { return nil }
        guard (try? cursor.write(place)) != nil else { return "a cursor cannot be written" }
        return store.all["siem"] == bytes ? nil : "a cursor has two spellings"
    }

    private static func bundle(_ bytes: [UInt8]) -> String? {
        for count in 0..<8 {
            guard let entries = EntryBundle.decoded(bytes, count: count) else { continue }
            var again: [UInt8] = []
            for entry in entries { EntryBundle.append(entry, to: &again) }
            if again != bytes { return "a bundle has two readings" }
            if count > 0, EntryBundle.decoded(bytes, count: count - 1) != nil { return "a bundle has two counts" }
        }
        let tile = TileCoordinate.hashes(level: 0, index: 0, width: max(1, bytes.count / LogHash.byteCount))
        guard let hashes = tile.decoded(bytes) else { return nil }
        return TileCoordinate.encoded(hashes) == bytes ? nil : "a tile does not read back"
    }

    private static var masterText: [UInt8] { self.text(of: self.master) }

    private static func text(of key: MasterKey) -> [UInt8] {
        Base64.encoded(unsafe key.key.withUnsafeBytes { unsafe Array($0) }) + [0x0A]
    }
}

/// What holds for every JSON text of the log: what is read here is read by others, and written again it is the same.
enum JSONLaws {
    static func violation(by input: [UInt8]) -> String? {
        guard let value = JSONReader.value(input[...]) else { return nil }
        guard (try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)) != nil else {
            return "something is read that others do not take for JSON"
        }
        let text = Array(value.text.utf8)
        guard let again = JSONReader.value(text[...]), again == value else { return "a value does not read back" }
        return Array(again.text.utf8) == text ? nil : "a value has two spellings"
    }
}
