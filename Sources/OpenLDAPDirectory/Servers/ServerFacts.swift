import Directory

/// What a server says about itself in its root entry.
///
/// Source: RFC 4512, section 5.1.
struct ServerFacts: Hashable, Sendable {
    /// What kind of server it is.
    var flavour: DirectoryFlavour
    /// Whether it says as whom a connection is bound (RFC 4532).
    var saysWhoAmI: Bool
    /// How it pushes changes, the best way first; empty if it does not.
    var pushes: [Push]
    /// The roots of its trees.
    var namingContexts: [DistinguishedName]
    /// Whether it answers in pages (RFC 2696).
    var answersInPages: Bool
    /// Whether it keeps times and failures of passwords in people's entries (draft-behera-ldap-password-policy).
    var keepsPasswordState: Bool
    /// What it calls itself.
    var product: String

    /// The attributes that the facts are read from.
    static let attributes: [AttributeName] = [
        "supportedextension", "supportedcontrol", "supportedcapabilities", "vendorname", "vendorversion", "objectclass",
        "dnshostname", "namingcontexts",
    ]

    /// Reads the root entry.
    ///
    /// - Parameters:
    ///   - root: The entry, with ``attributes``.
    ///   - configured: What the configuration says; wins unless it is automatic.
    init(root: Entry, configured: DirectoryFlavour) {
        let controls = Set(root.texts("supportedcontrol"))
        let vendor = root.text("vendorname") ?? ""
        // 1.2.840.113556.1.4.800 is LDAP_CAP_ACTIVE_DIRECTORY_OID, [MS-ADTS] 3.1.1.3.4.3.1.
        let isActiveDirectory = root.texts("supportedcapabilities").contains("1.2.840.113556.1.4.800")
        let is389 = vendor.contains("389") || vendor.contains("Red Hat") || vendor.contains("Netscape")
        let found: DirectoryFlavour = isActiveDirectory ? .activeDirectory : is389 ? .dirsrv389 : .standard
        self.flavour = configured == .automatic ? found : configured
        // Samba lists the operation and then does not know it.
        self.saysWhoAmI = !isActiveDirectory && root.texts("supportedextension").contains("1.3.6.1.4.1.4203.1.11.3")
        self.pushes = [Push.syncrepl, .notification, .persistentSearch].filter { controls.contains($0.oid) }
        self.namingContexts = root.texts("namingcontexts").compactMap { try? DistinguishedName($0) }
        self.answersInPages = controls.contains(Control.pageOID)
        self.keepsPasswordState = controls.contains(Control.passwordPolicy.oid)
        let isOpenLDAP = root.texts("objectclass").contains("OpenLDAProotDSE")
        let version = root.text("vendorversion").map { " \($0)" } ?? ""
        self.product =
            isActiveDirectory
            ? "Active Directory \(root.text("dnshostname") ?? "")"
            : isOpenLDAP ? "OpenLDAP" : vendor.isEmpty ? "an LDAP server" : vendor + version
    }
}
