import Directory
import OpenLDAPDirectory

/// The laws of what servers send: elements, and the values of controls and notices.
enum WireLaws {
    /// Checks one input as each of them.
    static func violation(by bytes: [UInt8]) -> String? {
        var reader = BERReader(bytes)
        var room = bytes.count
        while let element = reader.element() {
            room -= element.content.count + 2
            guard room >= 0 else { return "elements are longer than their octets" }
            var back = BERReader(BERWriter.element(element.tag, Array(element.content)))
            guard back.element() == element else { return "an element is written as another" }
        }
        if case (let message, let cookie)? = SyncMessage.notice(SyncMessage.oid + ".4", bytes) {
            guard (cookie?.count ?? 0) < bytes.count else { return "a cookie is longer than its notice" }
            if case .entries(let ids, _) = message, ids.count * 16 > bytes.count {
                return "more identities than octets"
            }
        }
        if case (let message, let cookie)? = SyncMessage.state(
            in: [Control(oid: SyncMessage.oid + ".2", value: bytes)]
        ) {
            guard case .entry = message else { return "the state of an entry is something else" }
            guard (cookie?.count ?? 0) < bytes.count else { return "a cookie is longer than its control" }
        }
        _ = PasswordPolicyReply(in: [Control(oid: Control.passwordPolicy.oid, value: bytes)])
        if let cookie = Control(oid: Control.pageOID, value: bytes).pageCookie {
            guard cookie.count < bytes.count else { return "a cookie is longer than its control" }
        }
        guard Control.page(size: bytes.count, cookie: bytes).pageCookie == bytes else {
            return "a cookie is sent as another"
        }
        return nil
    }
}
