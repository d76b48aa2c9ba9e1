import DecisionLog
import Governance
import PolicyFiles
import PostgreSQLStorage
import SQLiteStorage
import TransparencyLog

/// `index:` of `stile.yaml`: the database of the log's index, when it is not the embedded one.
///
///     index:
///       postgresql: "host=db.plant.example dbname=stile user=stile"   # libpq's own form, TLS with the name verified
///       password-file: db.pgpass            # as .pgpass; default PGPASSFILE, or a client certificate in the string
///       ca: certs/db-ca.pem                 # who may vouch for the server
///       gateways:                           # the log keys of the other gateways (`keys/verifier`), whose announcements count
///         - "plant-2+0f2c6a1b+AXn…"
enum IndexSection {
    static func read(_ section: FieldReader, path: (String) -> String) -> Configuration.Shared? {
        var section = section
        let value = section.requiredValue("postgresql")
        let connection = section.text("postgresql")
        let passwordFile = section.text("password-file").map(path)
        let authorities = section.text("ca").map(path)
        let gateways = section.value("gateways")
        let texts = section.texts("gateways") ?? []
        section.finish()
        guard let value, let connection else { return nil }
        let configuration = PostgreSQLConfiguration(
            connection: connection,
            passwordFile: passwordFile,
            certificateAuthorities: authorities
        )
        if let problem = configuration.problem {
            section.note("\(problem)", at: value)
            return nil
        }
        var keys: [NoteVerifierKey] = []
        for text in texts {
            guard let key = NoteVerifierKey(text) else {
                section.note(
                    "found `\(text.prefix(100))` under `gateways`, expected the public key of a gateway's log, as `stile log init` printed it",
                    at: gateways ?? value
                )
                return nil
            }
            keys.append(key)
        }
        return Configuration.Shared(database: configuration, gateways: keys)
    }
}

extension Configuration {
    /// The index, opened; a shared one is connected to when it is first used.
    func openIndex() throws -> any DecisionIndex {
        guard let postgresql = self.shared?.database else { return try SQLiteIndex(folder: self.indexFolder) }
        // While keys change there are two, the new one first.
        let verifiers = try LogKeys.readVerifiers(from: FolderStore(root: self.logFolder)).map(\.description)
        // Keys that were retired before the database heard of the new one.
        let retired = try Announcer.keys(in: FolderStore(root: self.state)).map(\.description)
        return PostgreSQLIndex(
            postgresql,
            gateway: self.gateway,
            log: verifiers[0],
            formerly: Array(verifiers.dropFirst()) + retired
        )
    }
}
