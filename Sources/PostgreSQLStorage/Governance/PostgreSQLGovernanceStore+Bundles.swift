package import Governance

/// The files of revisions, by hash: whoever reads them checks the hash, so nothing here needs to be believed.
extension PostgreSQLGovernanceStore: PolicyBundleStore {
    package func keep(_ bytes: [UInt8], digest: PolicyDigest) async throws(GovernanceFailure) {
        try await self.write { connection in
            try connection.query(
                """
                INSERT INTO policy_bundles (digest, bundle) VALUES ($1, $2)
                ON CONFLICT (digest) DO UPDATE SET bundle = excluded.bundle, kept = excluded.kept
                """,
                [.text(digest.description), .bytes(bytes)]
            )
            return
        }
    }

    package func prune(
        keeping needed: Set<PolicyDigest>,
        olderThan seconds: Int64
    ) async throws(GovernanceFailure) {
        try await self.write { connection in
            // By the database's own clock, as it was when they were kept.
            try connection.query(
                """
                DELETE FROM policy_bundles
                WHERE kept < extract(epoch FROM now())::bigint - $1::bigint AND digest <> ALL ($2::text[])
                """,
                [.integer(seconds), .text("{" + needed.map(\.description).joined(separator: ",") + "}")]
            )
            return
        }
    }

    package func bytes(of digest: PolicyDigest) async throws(GovernanceFailure) -> [UInt8]? {
        try await self.read { connection in
            // What is too long is not what was kept, and is not fetched to find that out.
            try connection.query(
                "SELECT bundle FROM policy_bundles WHERE digest = $1 AND length(bundle) <= $2::int4",
                [.text(digest.description), .integer(Int64(PolicyBundle.maximumBytes))]
            ).first.map { $0.bytes(0) }
        }
    }
}
