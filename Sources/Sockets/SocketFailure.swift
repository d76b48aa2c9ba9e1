import Glibc

/// The system refused something that was asked of a socket.
package struct SocketFailure: Error, Hashable, CustomStringConvertible {
    /// What was tried.
    package let operation: String
    /// The system's number for why not.
    package let code: Int32

    package init(operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    package var description: String {
        // The text is copied before anything else could overwrite it.
        "cannot \(self.operation): \(unsafe String(cString: strerror(self.code)))"
    }

    /// Passes on what is no negated errno.
    ///
    /// - Throws: The failure that a negative result stands for.
    static func check(_ result: Int32, _ operation: @autoclosure () -> String) throws(SocketFailure) -> Int32 {
        guard result >= 0 else { throw SocketFailure(operation: operation(), code: -result) }
        return result
    }
}
