import Directory
import OpenLDAPDirectory

/// The laws of what people type, of identities, times and addresses.
enum PeopleLaws {
    /// Checks one input as each of them.
    static func violation(by bytes: [UInt8]) -> String? {
        for broken in [self.identities(bytes), self.times(bytes), self.logins(bytes)] {
            if let broken { return broken }
        }
        return nil
    }

    private static func logins(_ bytes: [UInt8]) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        if let login = LoginName(text) {
            guard LoginName(login.text) == login else { return "a login name is not its own spelling" }
            guard
                LoginName(text.uppercased()).map({ $0 == login }) ?? true
                    || text.uppercased().lowercased() != login.text
            else { return "case makes another login name" }
            guard !login.text.unicodeScalars.contains(where: { $0.value < 0x20 }) else { return "a control character" }
        }
        if let server = ServerAddress(text) {
            guard ServerAddress(server.description) == server else { return "an address reads back as another" }
        }
        if let url = ReferralURL(text) {
            guard !url.host.isEmpty else { return "a reference to no host" }
            let other = ServerAddress(security: .startTLS, host: url.host + "x", port: url.port)
            guard !url.leads(to: other) else { return "a reference leads to another host" }
        }
        return nil
    }

    private static func identities(_ bytes: [UInt8]) -> String? {
        if let sid = StableID(objectSid: bytes) {
            guard sid.objectSid == bytes else { return "a SID is written with other octets" }
            guard StableID(value: sid.value) == sid else { return "a SID reads back as another" }
        }
        if let guid = StableID(objectGUID: bytes) {
            guard guid.objectGUID == bytes else { return "a GUID is written with other octets" }
            guard StableID(value: guid.value) == guid else { return "a GUID reads back as another" }
        }
        if let text = String(validating: bytes, as: UTF8.self), let id = StableID(value: text) {
            guard StableID(value: id.value) == id else { return "an identity reads back as another" }
        }
        return nil
    }

    private static func times(_ bytes: [UInt8]) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self), let moment = DirectoryTime.generalized(text) else {
            return nil
        }
        // What is written begins in 1970.
        guard moment >= 0, moment < 253_402_300_800 else { return nil }
        return DirectoryTime.generalized(DirectoryTime.generalized(moment)) == moment
            ? nil : "a time reads back as another"
    }
}
