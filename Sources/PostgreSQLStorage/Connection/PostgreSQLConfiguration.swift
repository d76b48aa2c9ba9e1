/// Where the database is, and how long to wait for it.
package struct PostgreSQLConfiguration: Hashable, Sendable {
    /// A connection string of libpq, without a password.
    ///
    /// `host=db.plant.example dbname=stile user=stile`, or a `postgresql://` URI. TLS with the server's name verified
    /// (`sslmode=verify-full`) is the default; Unix sockets have none.
    package var connection: String
    /// The file with the password, in the form of `.pgpass`; default `PGPASSFILE` or `~/.pgpass`, as for every client.
    package var passwordFile: String?
    /// The file with the certificate authorities that may vouch for the server; default libpq's own.
    package var certificateAuthorities: String?
    /// How long to wait for a connection, in milliseconds; default five seconds.
    package var connectMilliseconds: Int32 = 5_000
    /// How long to wait for an answer, in milliseconds; default a minute: a count over many days takes seconds.
    package var answerMilliseconds: Int32 = 60_000

    package init(connection: String, passwordFile: String? = nil, certificateAuthorities: String? = nil) {
        self.connection = connection
        self.passwordFile = passwordFile
        self.certificateAuthorities = certificateAuthorities
    }
}

/// What is wrong with a connection string.
package enum ConnectionStringError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It has a password in it, which would stand in a configuration file and in error messages.
    case password
    /// It is no connection string.
    case malformed
    /// It does not say where the database is.
    case noHost

    package var description: String {
        switch self {
        case .password: "found a password in the connection string, expected it in a file, named by `password-file`"
        case .malformed:
            "found no connection string, expected `host=db.example dbname=stile user=stile` or a `postgresql://` URI"
        case .noHost: "found no `host` in the connection string, expected a host name or the folder of a Unix socket"
        }
    }
}
