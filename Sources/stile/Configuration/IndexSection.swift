import DecisionLog
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
enum IndexSection {
    static func read(_ section: FieldReader, path: (String) -> String) -> PostgreSQLConfiguration? {
        var section = section
        let value = section.requiredValue("postgresql")
        let connection = section.text("postgresql")
        let passwordFile = section.text("password-file").map(path)
        let authorities = section.text("ca").map(path)
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
        return configuration
    }
}

extension Configuration {
    /// The index, opened; a shared one is connected to when it is first used.
    func openIndex() throws -> any DecisionIndex {
        guard let postgresql else { return try SQLiteIndex(folder: self.indexFolder) }
        // While keys change there are two; the one that the log was begun with, or the last change left, is the last.
        let verifiers = try LogKeys.readVerifiers(from: FolderStore(root: self.logFolder))
        return PostgreSQLIndex(postgresql, gateway: self.gateway, log: verifiers[verifiers.count - 1].description)
    }
}
