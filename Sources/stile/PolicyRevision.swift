import Catalog
import Crypto
import Foundation
import Governance
import PolicyDecision
import PolicyFiles

/// Reads `policies/` and takes it into force, or says everything that is wrong with it.
enum PolicyRevision {
    /// Reads, validates and tests the files of a folder.
    ///
    /// - Parameter folder: The folder.
    /// - Returns: The policies with their warnings, or every error and warning.
    static func read(_ folder: String) -> Result<PolicyInForce, PolicyDiagnostics> {
        self.source(folder).flatMap { source in
            Result { () throws(PolicyDiagnostics) in try PolicyInForce(source, tests: source.tests) }
        }
    }

    /// Reads, validates and tests the files of a published revision.
    static func read(_ bundle: PolicyBundle) -> Result<PolicyInForce, PolicyDiagnostics> {
        let files = bundle.files.map { PolicyText(file: $0.name, text: $0.text) }
        return self.source(PolicyFolder(path: "policies", files: files), findings: Findings()).flatMap { source in
            Result { () throws(PolicyDiagnostics) in try PolicyInForce(source, tests: source.tests) }
        }
    }

    /// The files of a folder as a revision that can be published.
    ///
    /// - Throws: ``PolicyDiagnostics`` for what cannot be read, ``PolicyBundleError`` for what is no revision.
    static func bundle(of folder: String) throws -> PolicyBundle {
        let findings = Findings()
        let files = PolicyFolder(path: folder, findings: findings)
        guard findings.all.isEmpty else { throw PolicyDiagnostics(findings.all) }
        return try PolicyBundle(files.files.map { PolicyBundle.File(name: $0.file, text: $0.text) })
    }

    /// Reads the files alone.
    static func source(_ folder: String) -> Result<PolicySource, PolicyDiagnostics> {
        let findings = Findings()
        return self.source(PolicyFolder(path: folder, findings: findings), findings: findings)
    }

    private static func source(
        _ folder: PolicyFolder,
        findings: Findings
    ) -> Result<PolicySource, PolicyDiagnostics> {
        if let source = PolicySource(folder, findings: findings) { return .success(source) }
        // One look shows the errors of every file, also of those that are read with the rest.
        let texts = folder.files.map { PolicyText(file: folder.path + "/" + $0.file, text: $0.text) }
        let syntax = PolicySyntax.diagnostics(
            of: texts.filter { $0.file.hasSuffix(".cedar") },
            schema: texts.first { $0.file.hasSuffix("/schema.cedarschema") }
        )
        return .failure(PolicyDiagnostics(findings.all + syntax))
    }

    /// The name of a state of the files: the first 16 bytes of SHA-256 over every file's name and text, in hex.
    ///
    /// The name follows from the content alone, so two gateways with the same files speak of the same revision.
    static func name(of files: [PolicyText]) -> String {
        var hash = SHA256()
        for file in files {
            for text in [file.file, file.text] {
                let bytes = Data(text.utf8)
                // Each length stands before its text, or moving a byte from one to the next would not show.
                unsafe withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { unsafe hash.update(bufferPointer: $0) }
                hash.update(data: bytes)
            }
        }
        return hash.finalize().prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension PolicyInForce {
    /// Takes a source into force.
    ///
    /// - Parameters:
    ///   - source: The files as read.
    ///   - tests: What must hold.
    /// - Throws: Every error and warning.
    convenience init(_ source: PolicySource, tests: [PolicyTest]) throws(PolicyDiagnostics) {
        try self.init(
            revision: PolicyRevision.name(of: source.files),
            scheme: source.scheme,
            clearances: source.clearances,
            entries: source.entries,
            schema: source.schema,
            policies: source.policies,
            tests: tests
        )
    }
}
