import DecisionLog
import Gateway
import OpenLDAPDirectory
import OpenSSLTrust
import PostgreSQLStorage
import TransparencyLog

/// What `stile.yaml` says: the operator's file.
///
/// Policies are not in it; they are the officers'. Every path is absolute after reading: relative ones count from the
/// file's own folder.
struct Configuration: Sendable {
    /// Where policies come from.
    struct Policies: Sendable {
        /// Who says what is in force.
        enum Mode: String, Sendable {
            /// Whoever writes into the folder.
            case files
            /// People, through the console, with the approvals that a change takes; the folder is what a gateway begins with.
            case published
        }

        /// The folder with `scheme.yaml` and the rest.
        var folder: String
        /// Who says what is in force; default `files`.
        var mode = Mode.files
    }

    /// The database that several gateways share for their index and for governed state.
    struct Shared: Sendable {
        var database: PostgreSQLConfiguration
        /// The public keys of the other gateways, whose announcements count here.
        var gateways: [NoteVerifierKey]
    }

    /// One service behind the gateway.
    struct ServiceFields: Sendable {
        /// Its name in catalogue, policies and records.
        var name: String
        /// What knows its protocol: `mlflow`.
        var profile: String
        /// The host names it is reached by.
        var hosts: [String]
        /// The path prefix it is mounted at.
        var mount: String
        /// Where it is.
        var upstream: UpstreamConfiguration
        /// The file with Stile's own `name:password` at the upstream.
        var credentialFile: String?
        /// How it is told, in a way that it can check, who asks.
        var assertion: AssertionAudience?
    }

    /// Who signs in with a certificate.
    struct Certificates: Sendable {
        /// Whom to believe.
        var trust: CertificateTrust
        /// By which names people are found.
        var rules: [EntryRule]
    }

    /// Who signs in with a Kerberos ticket.
    struct Kerberos: Sendable {
        /// The file with the key of `HTTP/HOST`.
        var keytab: String
        /// The realms whose principals are people of the directory.
        var realms: Set<String>
        /// By which names people are found.
        var rules: [EntryRule]
    }

    /// The gateway's name in records and the log's origin.
    var gateway: String
    /// The folder with the log, the index, keys and bindings.
    var state: String
    /// Where policies come from.
    var policies: Policies
    /// The doors.
    var listeners: [ListenerConfiguration]
    /// The console's own host names.
    var consoleHosts: [String]
    /// Health, readiness and metrics; loopback unless told otherwise.
    var management: (address: String, port: Int)
    /// The company's directory.
    var directory: OpenLDAPConfiguration
    /// What is behind the gateway.
    var services: [ServiceFields]
    /// Who signs in with a certificate; `nil` when nobody does.
    var certificates: Certificates?
    /// Who signs in with a Kerberos ticket; `nil` when nobody does.
    var kerberos: Kerberos?
    /// Who says when a checkpoint was there; `nil` when nobody does.
    var timeStamps: TimeStampTrust?
    /// How the decision log's journal writes.
    var journal: JournalConfiguration
    /// What several gateways share; `nil` for one that stands alone, with embedded databases.
    var shared: Shared?
    /// Who gets the log as it grows, and who witnesses it.
    var log: LogSection
    /// What one client may take.
    var limits: GatewayLimits
    /// How people and programs prove who they are.
    var signIn: SignInSection
    /// Time-limited exceptions.
    var grants: GrantsSection

    /// The log's folder.
    var logFolder: String { self.state + "/log" }
    /// The folder of the shippers' cursors.
    var shipFolder: String { self.state + "/ship" }
    /// The folder of the log's index, which can be made anew at any time.
    var indexFolder: String { self.state + "/index" }
    /// The folder with the keys that assertions are signed with.
    var assertionFolder: String { self.state + "/assertion" }
    /// The file that remembers Kerberos tokens already seen.
    var replaysFile: String { self.state + "/replays" }
    /// The file with governed state: access tokens.
    var governanceFile: String { self.state + "/governance.sqlite" }
    /// The file with the key that access tokens are sealed with.
    var tokenKeyFile: String { self.state + "/tokens.key" }
    /// The file with the names that things were seen under.
    var bindingsFile: String { self.state + "/bindings" }
}
