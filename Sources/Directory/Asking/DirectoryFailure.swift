/// Why the directory could not be asked, or its answer could not be used.
///
/// Messages come from the client library and the server; they name hosts and entries, never a password.
package enum DirectoryFailure: Error, Hashable, Sendable {
    /// No server could be reached, each with its reason; servers whose circuit is open are named too.
    case noServer(String)

    /// TLS could not be set up, or the server's certificate or name was not the right one. Nothing was sent.
    case tls(String)

    /// The time for this question was over before an answer came.
    case deadline

    /// More questions are waiting than the configuration allows, so this one was not even asked.
    case busy

    /// The server refused Stile's own account.
    case serviceRefused(String)

    /// A person's groups could not be read whole (too many, too deep, or not readable): half of them is no basis for a decision.
    case groupsIncomplete(String)

    /// The server refused or broke off an operation.
    case operation(code: Int32, message: String)

    /// The directory answered with something that its own standards rule out.
    case malformedAnswer(String)

    /// The client was shut down.
    case stopped
}

extension DirectoryFailure {
    /// Whether no server answers, so that nobody could be asked about anybody.
    ///
    /// What is told apart: an answer that cannot be used, a gateway that is overloaded, and a service account that was refused, which may be
    /// on purpose.
    package var isOutage: Bool {
        switch self {
        case .noServer, .tls, .deadline: true
        case .busy, .serviceRefused, .groupsIncomplete, .operation, .malformedAnswer, .stopped: false
        }
    }
}

extension DirectoryFailure: CustomStringConvertible {
    /// One line for people: what was found, and what to look at.
    package var description: String {
        switch self {
        case .noServer(let reasons): "no directory server can be reached: \(reasons)"
        case .tls(let reason): "no trusted connection to the directory: \(reason)"
        case .deadline: "the directory did not answer in time"
        case .busy: "too many questions are waiting for the directory"
        case .serviceRefused(let reason): "the directory refused the account of this gateway: \(reason)"
        case .groupsIncomplete(let reason): "the groups of the person could not be read whole: \(reason)"
        case .operation(let code, let message): "the directory answered with result code \(code): \(message)"
        case .malformedAnswer(let reason): "the directory gave an answer that cannot be understood: \(reason)"
        case .stopped: "the directory client has been shut down"
        }
    }
}
