/// Why the bindings of names to things could not be read or written.
package enum BindingError: Error, Hashable, Sendable {
    /// The system refused an operation on the file.
    case system(operation: String, path: String, errno: Int32, message: String)

    /// The file begins with something other than its own first line.
    case notBindings(path: String)

    /// A line is not as it was written.
    case corrupt(path: String, line: Int)

    /// An earlier write failed half way, and what the file holds since is not known.
    case broken(path: String)
}

extension BindingError: CustomStringConvertible {
    /// One line for people, with the remedy.
    package var description: String {
        switch self {
        case .system(let operation, let path, _, let message): "cannot \(operation) `\(path)`: \(message)"
        case .notBindings(let path):
            "`\(path)` is no file of bindings, expected its first line to say `stile bindings 1`"
        case .corrupt(let path, let line):
            "line \(line) of `\(path)` is not as it was written; restore the file from a backup, since labels depend on it"
        case .broken(let path):
            "an earlier write to `\(path)` failed, so nothing more is bound; free the disk and restart"
        }
    }
}
