import COpenSSL
import Glibc

/// Posts a request in DER to a responder or a time-stamp authority, and takes its answer.
///
/// libcrypto's own HTTP client: over plain HTTP, since what comes back is signed; without proxies, redirects, or an answer that
/// is longer than allowed. It waits where it stands, so it is called on a ``Workbench`` only.
///
/// Source: RFC 6960, appendix A.1; RFC 3161, section 3.4.
enum HTTPTransfer {
    /// Why there is no answer.
    struct Failure: Error, Hashable {
        let reason: String
    }

    /// - Parameters:
    ///   - body: What is posted.
    ///   - address: `http://host[:port][/path]`.
    ///   - sent: The media type of the body.
    ///   - expected: The media type of the answer.
    ///   - maximum: The longest answer, in bytes.
    ///   - seconds: How long it may take in all; looking up the name of the host is not counted.
    /// - Returns: The body of the answer, which is one value in DER.
    /// - Throws: ``Failure``.
    static func post(
        _ body: [UInt8],
        to address: String,
        as sent: String,
        expecting expected: String,
        maximum: Int,
        seconds: Int
    ) throws(Failure) -> [UInt8] {
        // A peer that goes away is an error of the call, not the end of the process.
        _ = self.ignoresBrokenPipes
        LibraryErrors.clear()
        let place = try self.place(address)
        let request = Memory(body)
        let answer = unsafe Memory(
            taking: OSSL_HTTP_transfer(
                nil,
                place.host,
                place.port,
                place.path,
                0,
                "",  // no proxy, whatever the environment says
                "",
                nil,
                nil,
                nil,
                nil,
                0,
                nil,
                sent,
                request.handle,
                expected,
                1,
                maximum,
                Int32(clamping: max(1, seconds)),
                0
            )
        )
        guard unsafe answer.handle != nil else { throw Failure(reason: "\(address): \(LibraryErrors.take())") }
        LibraryErrors.clear()
        let bytes = answer.bytes
        guard !bytes.isEmpty, bytes.count <= maximum else {
            throw Failure(reason: "\(address): an answer without a body")
        }
        return bytes
    }

    /// Whether an address is one that can be posted to.
    static func isAddress(_ address: String) -> Bool { (try? self.place(address)) != nil }

    private static func place(_ address: String) throws(Failure) -> (host: String, port: String, path: String) {
        guard address.utf8.count <= 2048, address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Failure(reason: "the address `\(address.prefix(80))` is not one")
        }
        var isSecure: Int32 = 0
        var user: UnsafeMutablePointer<CChar>?
        var host: UnsafeMutablePointer<CChar>?
        var port: UnsafeMutablePointer<CChar>?
        var path: UnsafeMutablePointer<CChar>?
        var query: UnsafeMutablePointer<CChar>?
        let isRead = unsafe OSSL_HTTP_parse_url(address, &isSecure, &user, &host, &port, nil, &path, &query, nil) == 1
        defer {
            unsafe stile_free(user)
            unsafe stile_free(host)
            unsafe stile_free(port)
            unsafe stile_free(path)
            unsafe stile_free(query)
        }
        guard isRead, isSecure == 0, address.hasPrefix("http://"), let host = unsafe host, let port = unsafe port,
            let path = unsafe path, unsafe host.pointee != 0
        else {
            LibraryErrors.clear()
            throw Failure(reason: "found the address `\(address)`, expected `http://host/path`")
        }
        let rest = unsafe query.map { unsafe String(cString: $0) } ?? ""
        let whole = unsafe String(cString: path)
        return unsafe (String(cString: host), String(cString: port), rest.isEmpty ? whole : "\(whole)?\(rest)")
    }

    private static let ignoresBrokenPipes: Bool = {
        _ = signal(SIGPIPE, SIG_IGN)
        return true
    }()
}
