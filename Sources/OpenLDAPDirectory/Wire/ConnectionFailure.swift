import Directory

/// Why a connection is of no more use: whoever gets this drops the connection and may try another server.
enum ConnectionFailure: Error, Hashable {
    /// The server could not be reached.
    case unreachable(String)

    /// TLS could not be set up or the other side is not who it should be.
    case tls(String)

    /// The connection broke, or the server closed it.
    case lost(String)

    /// The time was over first.
    case deadline

    /// The server answered with something that is no answer.
    case malformed(String)

    /// The server refused Stile's own account.
    case serviceRefused(String)

    /// The server is there but does not serve: busy, shutting down, or refusing the operation altogether.
    case notServing(code: Int32, message: String)

    /// The same, as the rest of the house sees it.
    var asSeenOutside: DirectoryFailure {
        switch self {
        case .unreachable(let reason), .lost(let reason): .noServer(reason)
        case .tls(let reason): .tls(reason)
        case .deadline: .deadline
        case .malformed(let reason): .malformedAnswer(reason)
        case .serviceRefused(let reason): .serviceRefused(reason)
        case .notServing(let code, let message): .operation(code: code, message: message)
        }
    }
}

extension ConnectionFailure: CustomStringConvertible {
    /// One line for people.
    var description: String {
        switch self {
        case .unreachable(let reason): "not reachable: \(reason)"
        case .tls(let reason): "no trusted TLS: \(reason)"
        case .lost(let reason): "connection lost: \(reason)"
        case .deadline: "no answer in time"
        case .malformed(let reason): "not understood: \(reason)"
        case .serviceRefused(let reason): "service account refused: \(reason)"
        case .notServing(let code, let message): "result code \(code): \(message)"
        }
    }
}
