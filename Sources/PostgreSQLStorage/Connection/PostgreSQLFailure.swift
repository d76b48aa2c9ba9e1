import DecisionLog

/// Why the database did not do what it was asked.
///
/// Carries the server's main sentence and its code, never its details, which quote values.
package struct PostgreSQLFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    package enum Kind: Hashable, Sendable {
        /// The server cannot be reached, or went away; asking again later may help.
        case unreachable
        /// No answer came in time; the connection is given up.
        case late
        /// The server said no, with this code.
        case refused(state: String)
        /// The answer is none that was asked for.
        case unreadable
    }

    package var kind: Kind
    package var message: String

    package var description: String {
        switch self.kind {
        case .unreachable: "postgresql cannot be reached: \(self.message)"
        case .late: "postgresql did not answer in time: \(self.message)"
        case .refused(let state): "postgresql \(state): \(self.message)"
        case .unreadable: "postgresql answered what was not asked for: \(self.message)"
        }
    }
}

extension IndexFailure {
    /// Runs database work and names its failure as the index's.
    static func naming<Result: ~Copyable>(_ body: () throws -> Result) throws(IndexFailure) -> Result {
        do {
            return try body()
        } catch let failure as IndexFailure {
            throw failure
        } catch {
            throw .database("\(error)")
        }
    }
}
