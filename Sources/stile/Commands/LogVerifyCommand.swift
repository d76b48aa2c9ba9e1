import ArgumentParser
import DecisionLog
import Foundation
import TransparencyLog

/// `stile log verify`.
struct LogVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a log from its files alone, offline.",
        discussion: """
            Checks the checkpoint's signature, the tree over every entry, each part against its commitment, and the journal's \
            tail; follows the log's own announcements from the given key to later ones. Without --key the public keys beside \
            the log are used, which proves less.

            What files alone cannot show is that they are the newest, and that the key's holder has signed no other history. \
            Give checkpoints that you kept elsewhere, or the key of a witness that must have cosigned the log. Time stamps \
            beside the tree are compared with it, and with --stamp-ca their signatures and times are checked, too.

              stile log verify state/log --key "$(cat kept/verifier)" \\
                  --since kept/checkpoint
              stile log verify state/log --witness "$(cat kept/witness)" --output json
            """
    )

    @Argument(help: "The log's folder.")
    var folder: String

    @Option(help: "A public key of the log, as `stile log init` printed it; may be given again.")
    var key: [String] = []

    @Option(
        name: [.long, .customLong("checkpoint")],
        help: "A file with a checkpoint kept elsewhere, which the log must continue; may be given again."
    )
    var since: [String] = []

    @Option(help: "The public key of a witness that must have cosigned the log; may be given again.")
    var witness: [String] = []

    @Option(name: .customLong("stamp-ca"), help: "A file with the authority that time stamps lead to, in PEM.")
    var stampAuthority: String?

    @Option(help: "table or json.")
    var output = OutputFormat.table

    func run() throws {
        guard FileManager.default.fileExists(atPath: self.folder) else {
            throw Outcome.cannot("\(self.folder): no such folder")
        }
        let report = LogVerifier.verify(
            folder: self.folder,
            keys: try self.key.map { try Self.publicKey($0, .log) },
            known: try self.since.map(Self.known),
            witnesses: try self.witness.map { try Self.publicKey($0, .cosigner) }
        )
        let stamps = try StampReport(
            folder: self.folder,
            keys: report.keys.map(\.key),
            current: report.checkpoint,
            authority: self.stampAuthority
        )
        switch self.output {
        case .table: Outcome.write((Self.lines(report) + stamps.lines).joined(separator: "\n"), to: .output)
        case .json: Outcome.write(try Self.document(report, stamps), to: .output)
        }
        guard report.isIntact else {
            let more = report.problems.count >= VerificationReport.maximumProblems ? "at least " : ""
            throw Outcome.no(
                "the log was changed: \(more)\(report.problems.count) problems, the first: \(report.problems[0])"
            )
        }
        guard stamps.wrong == 0 else { throw Outcome.no("\(stamps.wrong) time stamps are not this log's, or not good") }
        if self.output == .table { Outcome.write("nothing was changed", to: .output) }
    }

    /// Reads a public key.
    static func publicKey(_ text: String, _ kind: NoteKeyKind) throws -> NoteVerifierKey {
        guard let key = NoteVerifierKey(text.trimmingCharacters(in: .whitespacesAndNewlines)), key.kind == kind else {
            let source = kind == .log ? "`stile log init`" : "`stile log witness`"
            throw Outcome.usage("found `\(text)`, expected a public key as \(source) prints it")
        }
        return key
    }

    private static func known(_ path: String) throws -> KnownCheckpoint {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Outcome.cannot("\(path): cannot be read")
        }
        do {
            return try KnownCheckpoint(Array(data), path: path)
        } catch {
            throw Outcome.no("\(path): \(error)")
        }
    }

    private static func lines(_ report: VerificationReport) -> [String] {
        var lines = report.problems.map { "WRONG \($0)" }
        let sealed =
            report.checkpoint.map { "\(report.sealed) sealed entries under the checkpoint of size \($0.size)" }
            ?? "no checkpoint"
        let missing = report.missingParts > 0 ? ", \(report.missingParts) parts withheld or erased" : ""
        let unknown = report.unknown > 0 ? ", \(report.unknown) entries of a later version" : ""
        lines.append("\(sealed), \(report.unsealed) not sealed yet, \(report.parts) parts checked\(missing)\(unknown)")
        for key in report.keys {
            lines.append("key \(key.key), " + (key.announcedAt.map { "announced in entry \($0)" } ?? "trusted"))
        }
        for witness in report.witnessed {
            let after = (report.checkpoint?.size ?? 0) - min(witness.size, report.checkpoint?.size ?? 0)
            lines.append(
                "witness \(witness.name) cosigned \(witness.size) entries at \(witness.time); \(after) since are not"
            )
        }
        return lines
    }

    private static func document(_ report: VerificationReport, _ stamps: StampReport) throws -> String {
        struct Document: OutputDocument {
            struct Problem: Encodable {
                var entry: UInt64?
                var id: String?
                var file: String
                var what: String
            }
            struct Key: Encodable {
                var key: String
                var announcedInEntry: UInt64?
            }
            struct Witness: Encodable {
                var name: String
                var entries: UInt64
                var at: String
            }
            var intact: Bool
            var size: UInt64?
            var root: String?
            var sealed: UInt64
            var unsealed: UInt64
            var parts: UInt64
            var missingParts: UInt64
            var unknown: UInt64
            var keys: [Key]
            var witnesses: [Witness]
            var timeStamps: [String]
            var problems: [Problem]
        }
        let document = Document(
            intact: report.isIntact && stamps.wrong == 0,
            size: report.checkpoint?.size,
            root: report.checkpoint?.root.base64,
            sealed: report.sealed,
            unsealed: report.unsealed,
            parts: report.parts,
            missingParts: report.missingParts,
            unknown: report.unknown,
            keys: report.keys.map { Document.Key(key: "\($0.key)", announcedInEntry: $0.announcedAt) },
            witnesses: report.witnessed.map { Document.Witness(name: $0.name, entries: $0.size, at: $0.time) },
            timeStamps: stamps.lines,
            problems: report.problems.map {
                Document.Problem(entry: $0.entry, id: $0.id, file: $0.path, what: $0.what)
            }
        )
        return try document.text()
    }
}

extension VerificationReport.Witnessed {
    /// The moment of the cosignature, for people.
    fileprivate var time: String {
        Timestamp(microseconds: Int64(clamping: min(self.seconds, 253_402_300_799)) * 1_000_000).description
    }
}
