/// The tables that gateways share beside the index: these are not derived, and have a schema of their own.
enum GovernanceSchema {
    /// What each connection begins with; what was told to be done must outlive a crash.
    static let session = """
        SET search_path = stile_governance, pg_catalog;
        SET synchronous_commit = on;
        SET timezone = 'UTC';
        SET statement_timeout = '30s';
        SET idle_in_transaction_session_timeout = '60s';
        """

    static let name = "stile_governance"
    /// What is notified when an announcement or a heartbeat was written.
    static let channel = "stile_announcements"
    static let ownerLock = 0x5354_494D
    /// Held while a revision of the policies is published, so that two gateways cannot take one number.
    static let publishing = "SELECT pg_advisory_xact_lock(\(ownerLock + 1), 1)"

    /// The steps from an empty database to this version; steps are added, never changed.
    static let migrations: [String] = [
        """
        CREATE TABLE tokens (
            hash bytea PRIMARY KEY, id text NOT NULL UNIQUE, owner text NOT NULL, owner_name text NOT NULL,
            name text NOT NULL, scope text NOT NULL, created bigint NOT NULL, expires bigint NOT NULL,
            seal bytea NOT NULL, revoked bigint, revoked_by text, last_used bigint
        );
        CREATE INDEX tokens_of_owner ON tokens (owner, created);
        CREATE INDEX tokens_revoked ON tokens (revoked) WHERE revoked IS NOT NULL;
        CREATE TABLE announcements (
            signer text NOT NULL, sequence bigint NOT NULL, time bigint NOT NULL, kind text NOT NULL,
            payload bytea NOT NULL, signature bytea NOT NULL, PRIMARY KEY (signer, sequence)
        );
        CREATE TABLE heartbeats (
            signer text PRIMARY KEY, sequence bigint NOT NULL, time bigint NOT NULL, signature bytea NOT NULL
        );
        """,
        "CREATE TABLE policy_bundles (digest text PRIMARY KEY, bundle bytea NOT NULL)",
        "ALTER TABLE policy_bundles ADD COLUMN kept bigint NOT NULL DEFAULT extract(epoch FROM now())::bigint",
    ]
}
