import DecisionLog
import Synchronization
import TransparencyLog

/// A witness's memory and key: what it has cosigned last of each log, on disk before anybody is told.
final class WitnessService: Sendable {
    /// An answer, as HTTP has it.
    struct Answer: Sendable {
        var status: Int
        var type: String
        var body: [UInt8]
    }

    /// The witness's public key.
    let key: NoteVerifierKey
    private let signer: NoteSignerKey
    private let store: FolderStore
    private let lock: FolderLock
    private let witness: Witness
    /// One request at a time: comparing with the latest checkpoint and storing the next is one step.
    private let order = Mutex(())

    private static let keyPath = "witness.key"

    /// Opens a witness's folder, and makes its key the first time.
    ///
    /// - Throws: ``LogFailure`` when the folder cannot be used, or another witness uses it.
    init(folder: String, name: String, logs: [NoteVerifierKey]) throws(LogFailure) {
        self.lock = try LogFailure.lock(folder)
        self.store = FolderStore(root: folder)
        self.witness = Witness(logs: logs)
        self.signer = try Self.key(of: name, in: self.store)
        self.key = self.signer.verifier
    }

    private static func key(of name: String, in store: FolderStore) throws(LogFailure) -> NoteSignerKey {
        do {
            let bytes = try store.read(self.keyPath)
            let text = String(decoding: bytes, as: UTF8.self)
            guard let key = NoteSignerKey(secretText: String(text.dropLast())), key.verifier.kind == .cosigner else {
                throw LogFailure.corrupt(self.keyPath, offset: 0)
            }
            return key
        } catch FileFailure.missing {
            guard let key = NoteSignerKey(name: name, kind: .cosigner) else { throw .malformedOrigin(name) }
            do {
                try store.replace(self.keyPath, with: Array((key.secretText + "\n").utf8), durably: true)
            } catch {
                throw .file(error)
            }
            return key
        } catch let failure as LogFailure {
            throw failure
        } catch let failure as FileFailure {
            throw .file(failure)
        } catch {
            throw .corrupt(self.keyPath, offset: 0)
        }
    }

    /// Where the newest checkpoint of a log is kept, cosigned.
    static func path(of origin: String) -> String {
        let name = origin.utf8.map { byte in
            let digits = String(byte, radix: 16)
            return (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
                ? String(UnicodeScalar(byte)) : "_" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
        return "logs/" + name
    }

    /// Answers `add-checkpoint`; blocks for a sync.
    func add(_ body: [UInt8], at now: Timestamp = .now()) -> Answer {
        self.order.withLock { _ in
            do {
                let judgement = try self.witness.judge(body) { (origin) throws(LogFailure) in
                    try self.latest(of: origin)
                }
                return try self.answer(to: judgement, body, now)
            } catch {
                return Answer(status: 503, type: "text/plain", body: Array("\(error)\n".utf8))
            }
        }
    }

    /// What was cosigned last, believed only under our own signature: whoever could write the file could make us vouch.
    private func latest(of origin: String) throws(LogFailure) -> Checkpoint? {
        let path = Self.path(of: origin)
        do {
            let note = try SignedNote(try self.store.read(path))
            _ = try note.cosignedAt(by: self.key)
            return try Checkpoint(text: note.text)
        } catch FileFailure.missing {
            return nil
        } catch let failure as FileFailure {
            throw .file(failure)
        } catch {
            throw .corrupt(path, offset: 0)
        }
    }

    private func answer(
        to judgement: Witness.Judgement,
        _ body: [UInt8],
        _ now: Timestamp
    ) throws(LogFailure) -> Answer {
        switch judgement {
        case .good(let checkpoint):
            let line: String
            var note: SignedNote
            do {
                note = try WitnessRequest(body).note
                try note.cosign(with: self.signer, at: UInt64(max(0, now.seconds)))
                line = note.signatures.last?.line ?? ""
            } catch {
                throw .checkpoint(error)
            }
            do {
                try self.store.replace(Self.path(of: checkpoint.origin), with: note.bytes, durably: true)
            } catch {
                throw .file(error)
            }
            return Answer(status: 200, type: "text/plain; charset=utf-8", body: Array(line.utf8))
        case .otherSize(let size), .otherRoot(let size):
            return Answer(status: 409, type: "text/x.tlog.size", body: Array("\(size)\n".utf8))
        case .malformed(let reason), .notSigned(let reason), .unknownLog(let reason):
            return Answer(status: judgement.status, type: "text/plain", body: Array("\(reason)\n".utf8))
        case .inconsistent:
            let text = "the proof does not show that the checkpoint continues the one that was cosigned\n"
            return Answer(status: 422, type: "text/plain", body: Array(text.utf8))
        }
    }
}
