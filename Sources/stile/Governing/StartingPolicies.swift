import Catalog
import Governance
import PolicyDecision
import TransparencyLog

/// The policies that a gateway begins with: those of the folder, or the last published revision that it accepted.
struct StartingPolicies: Sendable {
    let policies: PolicyInForce
    /// Where publishing goes on from; `nil` when policies come from the folder.
    let standing: PolicyDesk.Standing?

    /// Reads them; no database is needed for that.
    ///
    /// - Throws: ``Assembly/Failure`` with everything that is wrong.
    init(_ configuration: Configuration) throws(Assembly.Failure) {
        switch configuration.policies.mode {
        case .files:
            self.policies = try Self.ready(PolicyRevision.read(configuration.policies.folder))
            self.standing = nil
        case .published:
            let kept: (publication: PolicyPublication, bundle: PolicyBundle)?
            do {
                kept = try PolicyShelf(FolderStore(root: configuration.state)).standing()
            } catch {
                throw Assembly.Failure(description: "in the folder `\(configuration.state)`: \(error)")
            }
            if let kept {
                self.policies = try Self.ready(PolicyRevision.read(kept.bundle))
                self.standing = PolicyDesk.Standing(
                    number: kept.publication.number,
                    bundle: kept.bundle,
                    publication: kept.publication
                )
                return
            }
            self.policies = try Self.ready(PolicyRevision.read(configuration.policies.folder))
            do {
                let bundle = try PolicyRevision.bundle(of: configuration.policies.folder)
                self.standing = PolicyDesk.Standing(number: 0, bundle: bundle, publication: nil)
            } catch {
                throw Assembly.Failure(description: "\(configuration.policies.folder): \(error)")
            }
        }
    }

    private static func ready(
        _ read: Result<PolicyInForce, PolicyDiagnostics>
    ) throws(Assembly.Failure) -> PolicyInForce {
        switch read {
        case .success(let policies): return policies
        case .failure(let diagnostics):
            throw Assembly.Failure(description: "the policies are not in order:\n\(diagnostics)")
        }
    }
}
