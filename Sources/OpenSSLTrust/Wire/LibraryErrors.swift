import COpenSSL

/// What libcrypto says about the last thing that failed on this thread.
enum LibraryErrors {
    /// The reason of the first failure, in the library's words; the queue is empty afterwards.
    ///
    /// The first and not the last, because what comes after it only says that something before it failed.
    static func take() -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0, let reason = unsafe ERR_reason_error_string(code) else { return "no reason given" }
        return unsafe String(cString: reason)
    }

    /// Whether reading PEM ended because there was no more of it, and not at something broken; the queue is empty afterwards.
    static func isEndOfPEM() -> Bool {
        let last = ERR_peek_last_error()
        ERR_clear_error()
        return last & 0x7F_FFFF == UInt(PEM_R_NO_START_LINE)
    }

    /// Forgets what failed before, so that ``take()`` speaks of what comes next.
    static func clear() {
        ERR_clear_error()
    }
}
