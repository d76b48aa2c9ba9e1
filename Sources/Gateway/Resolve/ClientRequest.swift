import HTTP1
import Profiles

/// A request as it is decided on: where it belongs, what it asks, in the one canonical form that is also forwarded.
///
/// One serves a connection for its whole life: handing it on costs a reference, and its memory is used again.
///
/// Confined to its event loop.
final class ClientRequest {
    /// The methods that have names, as they are written.
    private static let methodNames: [[UInt8]] = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT",
    ].map { Array($0.utf8) }

    init(peer: String, isEncrypted: Bool) {
        self.peer = peer
        self.isEncrypted = isEncrypted
    }

    /// Takes the method of a head; a known one makes no copy.
    func setMethod(_ method: Method, written: Span<UInt8>) {
        self.method = method
        self.methodName = method == .other ? Array(copying: written) : Self.methodNames[Int(method.rawValue)]
    }

    /// The service it belongs to; `nil` until that is known, or when there is none.
    var service: Service?
    var method = Method.get
    /// The method as written; empty when the head could not be read.
    var methodName: [UInt8] = []
    var target = CanonicalTarget()
    /// The value of `Content-Type`, when there is a body.
    var contentType: [UInt8]?
    /// What the request is called elsewhere, and what for; `nil` when it says nothing of the kind.
    var identifiers: RequestIdentifiers?
    /// What a page of Stile's own needs besides; `nil` for every other request.
    var own: OwnPageRequest?
    /// The peer's address, without its port.
    let peer: String
    /// Whether it came over TLS.
    let isEncrypted: Bool
    var body = ProfileRequest.Body.none

    /// Whether there is a body, read or not.
    var hasBody: Bool {
        if case .none = self.body { false } else { true }
    }

    /// Nothing is known of the request, because its head could not be read.
    func forget() {
        self.service = nil
        self.methodName = []
        self.target = CanonicalTarget()
        self.contentType = nil
        self.identifiers = nil
        self.own = nil
        self.body = .none
    }

    /// The method as text.
    var methodText: String { String(decoding: self.methodName, as: UTF8.self) }

    /// The canonical path below the service's mount.
    var pathBelowMount: Range<Int> {
        let start = self.service?.mount.count ?? 0
        return min(start, self.target.path.upperBound)..<self.target.path.upperBound
    }

    /// Whether the path is the service's mount prefix without a slash after it.
    var isMountItself: Bool {
        guard let mount = self.service?.mount, !mount.isEmpty else { return false }
        return self.method.isSafe && self.target.pathLength == mount.count
    }

    /// The canonical path below the service's mount, as text.
    var pathText: String {
        let path = self.pathBelowMount
        return path.isEmpty ? "/" : String(decoding: self.target.bytes[path], as: UTF8.self)
    }

    /// The request as a profile reads it.
    func forProfile(_ method: ProfileRequest.Method) -> ProfileRequest {
        let path = self.pathBelowMount
        return ProfileRequest(
            method: method,
            path: path.isEmpty ? [UInt8(ascii: "/")] : Array(self.target.bytes[path]),
            query: self.target.query.map { Array(self.target.bytes[$0]) },
            contentType: self.contentType,
            body: self.body
        )
    }
}
