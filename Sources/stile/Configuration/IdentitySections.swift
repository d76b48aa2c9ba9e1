import Catalog
import Gateway
import OpenSSLTrust
import PolicyFiles

/// The sections `client-certificates:` and `kerberos:` of `stile.yaml`, and what services are told.
enum IdentitySections {
    /// Reads `client-certificates:`.
    ///
    /// - Parameters:
    ///   - opened: The section.
    ///   - path: Makes a path absolute.
    /// - Returns: `nil`, with findings, when anything is wrong.
    static func certificates(_ opened: FieldReader, path: (String) -> String) -> Configuration.Certificates? {
        var fields = opened
        let before = fields.findings.all.count
        _ = fields.requiredValue("ca")
        var trust = CertificateTrust(authorities: (fields.texts("ca") ?? []).map(path))
        trust.intermediates = (fields.texts("intermediates") ?? []).map(path)
        trust.revocationLists = (fields.texts("crl") ?? []).map(path)
        if let status = fields.choice("ocsp", of: CertificateTrust.OnlineStatus.self) { trust.onlineStatus = status }
        if let depth = fields.choice("ocsp-depth", of: CertificateTrust.OnlineDepth.self) { trust.onlineDepth = depth }
        trust.responder = self.address("ocsp-responder", &fields)
        if let value = fields.duration("ocsp-timeout") { trust.onlineSeconds = max(1, Int(value.components.seconds)) }
        if let value = fields.duration("ocsp-cache") { trust.onlineCacheSeconds = value.components.seconds }
        if let value = fields.boolean("ocsp-nonce") { trust.requiresNonce = value }
        if let bits = fields.integer("minimum-rsa", in: 2048...16_384) { trust.minimumRSABits = bits }
        if let bits = fields.integer("minimum-curve", in: 224...521) { trust.minimumCurveBits = bits }
        let rules = self.rules(&fields, CertificateDesk.sources, example: "mail={mail}")
        fields.finish()
        guard fields.findings.all.count == before else { return nil }
        return Configuration.Certificates(trust: trust, rules: rules)
    }

    /// Reads `kerberos:`.
    ///
    /// - Parameters:
    ///   - opened: The section.
    ///   - path: Makes a path absolute.
    /// - Returns: `nil`, with findings, when anything is wrong.
    static func kerberos(_ opened: FieldReader, path: (String) -> String) -> Configuration.Kerberos? {
        var fields = opened
        let before = fields.findings.all.count
        let keytab = fields.requiredText("keytab").map(path)
        _ = fields.requiredValue("realms")
        let realms = fields.texts("realms") ?? []
        let rules = self.rules(&fields, KerberosSignIn.sources, example: "userPrincipalName={principal}")
        fields.finish()
        guard fields.findings.all.count == before, let keytab else { return nil }
        return Configuration.Kerberos(keytab: keytab, realms: Set(realms), rules: rules)
    }

    /// Reads what a service is told about who asks.
    ///
    /// - Parameters:
    ///   - service: The service's fields.
    ///   - name: Its name.
    /// - Returns: `nil` when it gets plain fields only.
    static func assertion(_ service: inout FieldReader, name: String) -> AssertionAudience? {
        guard let value = service.value("assertion") else { return nil }
        switch value.content {
        case .text:
            guard service.boolean("assertion") == true else { return nil }
            return AssertionAudience(audience: name)
        default:
            guard var section = service.fields("assertion", subject: "`assertion`") else { return nil }
            var audience = AssertionAudience(audience: section.text("audience") ?? name)
            audience.tellsClearance = section.boolean("clearance") ?? false
            if let lifetime = section.duration("lifetime") {
                if lifetime < .seconds(30) || lifetime > .seconds(3600) {
                    section.note("found a lifetime of \(lifetime), expected between 30s and 1h", at: value)
                }
                audience.seconds = lifetime.components.seconds
            }
            section.finish()
            return audience
        }
    }

    private static func rules(_ fields: inout FieldReader, _ sources: [String], example: String) -> [EntryRule] {
        let value = fields.requiredValue("map")
        let texts = fields.texts("map") ?? []
        return texts.compactMap { text in
            if let rule = EntryRule(text, sources: sources) { return rule }
            let names = sources.map { "`{\($0)}`" }.joined(separator: ", ")
            fields.findings.note(
                "found `\(text)` under `map`, expected an attribute or `dn`, `=`, and one of \(names)",
                at: value?.position ?? fields.position,
                remedy: "write for example `\(example)`"
            )
            return nil
        }
    }

    /// An address that libcrypto's HTTP client can ask.
    static func address(_ key: String, _ fields: inout FieldReader) -> String? {
        guard let value = fields.value(key), let text = fields.text(key) else { return nil }
        if TimeStampAuthority.isAddress(text) { return text }
        fields.note("found `\(text)` under `\(key)`, expected `http://host/path`; what comes back is signed", at: value)
        return nil
    }
}
