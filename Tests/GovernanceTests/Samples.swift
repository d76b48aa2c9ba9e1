import Foundation
import Governance
import TransparencyLog

/// What the facts of this room are about.
enum Samples {
    static let eva = Signatory(id: "uuid:eva", name: "eva")
    static let hugo = Signatory(id: "uuid:hugo", name: "hugo")
    static let otto = Signatory(id: "uuid:otto", name: "otto")

    /// A revision whose rules and catalogue say these words.
    static func bundle(rules: String = "a", catalog: String = "b") throws -> PolicyBundle {
        try PolicyBundle([
            PolicyBundle.File(name: "catalog/press.yaml", text: catalog),
            PolicyBundle.File(name: "rules.cedar", text: rules),
            PolicyBundle.File(name: "scheme.yaml", text: "levels: [public]\n"),
        ])
    }

    static func proposal() throws -> PolicyProposal {
        PolicyProposal(
            digest: try self.bundle(rules: "new").digest,
            base: try self.bundle().digest,
            number: 1,
            by: self.eva,
            note: "why, in words: ä",
            decision: "01K",
            time: 5
        )
    }

    static func publication(approvedBy: String?) throws -> PolicyPublication {
        PolicyPublication(
            try self.proposal(),
            approval: approvedBy.map { .init(by: Signatory(id: $0, name: "hugo"), decision: "01L") },
            time: 6
        )
    }

    static func grant(
        _ id: String = "G-0123456789abcdef",
        reason: String = "failure analysis",
        expires: Int64 = 200
    ) -> Grant {
        Grant(
            id: GrantID(id) ?? GrantID(),
            person: Signatory(id: "uuid:ben", name: "ben"),
            resource: "press4-forces",
            label: "confidential//customer-x",
            reason: reason,
            by: self.otto,
            decision: "01M",
            given: 100,
            expires: expires
        )
    }

    /// A folder of its own for a body, removed after it.
    static func inFolder<Result>(_ body: (FolderStore) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stile-governance-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(FolderStore(root: folder.path))
    }
}
