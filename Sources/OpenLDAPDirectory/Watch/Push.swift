import Directory

/// A way in which servers push changes.
enum Push: Hashable, Sendable {
    /// OpenLDAP with the overlay `syncprov`, 389 Directory Server with its plugin for content synchronisation: they know where a watch left
    /// off. Source: RFC 4533.
    case syncrepl
    /// 389 Directory Server and its kin as they are installed. Source: draft-ietf-ldapext-psearch-03.
    case persistentSearch
    /// Active Directory; needs no rights but to read. Source: [MS-ADTS] 3.1.1.3.4.1.9.
    case notification

    /// What the rest of the house calls it.
    var method: WatchMethod {
        switch self {
        case .syncrepl: .syncrepl
        case .persistentSearch: .persistentSearch
        case .notification: .notification
        }
    }

    /// Whether the server says when it has told everything up to now.
    var tellsWhenRefreshed: Bool { self == .syncrepl }

    /// The control by which servers say that they push this way, and by which they are asked to.
    var oid: String {
        switch self {
        case .syncrepl: SyncMessage.oid + ".1"
        case .persistentSearch: "2.16.840.1.113730.3.4.3"
        case .notification: "1.2.840.113556.1.4.528"
        }
    }

    /// Asks to be told; a server that does not know how has to refuse.
    ///
    /// - Parameter cookie: Where a watch left off; `nil` to begin.
    /// - Returns: The control to send with the search.
    func request(cookie: [UInt8]?) -> Control {
        switch self {
        case .syncrepl: return SyncMessage.request(cookie: cookie)
        case .notification: return Control(oid: self.oid, isCritical: true)
        case .persistentSearch:
            // Additions, deletions, modifications and renames; changes only; with each entry what became of it.
            let kinds = BERWriter.number(BERWriter.integer, 1 | 2 | 4 | 8)
            let yes = BERWriter.element(BERWriter.boolean, [0xFF])
            return Control(
                oid: self.oid,
                isCritical: true,
                value: BERWriter.element(BERWriter.sequence, kinds + yes + yes)
            )
        }
    }
}

/// Where watches left off, so that after a loss the server tells what was missed and nothing else.
struct SyncCookies {
    private struct Key: Hashable {
        var server: ServerAddress
        var base: DistinguishedName
    }

    private var cookies: [Key: [UInt8]] = [:]

    /// The longest cookie that is kept, in octets: real ones have a few hundred.
    static let maximumLength = 65_536

    /// The cookie of a search; one that is too long is as good as none.
    subscript(server: ServerAddress, base: DistinguishedName) -> [UInt8]? {
        get { self.cookies[Key(server: server, base: base)] }
        set {
            let isKept = newValue.map { $0.count <= Self.maximumLength } ?? false
            self.cookies[Key(server: server, base: base)] = isKept ? newValue : nil
        }
    }
}

/// What kind of thing a changed entry is, as far as remembered people are concerned.
enum EntryKind: Hashable {
    /// Groups of any kind.
    case group
    /// What other entries stand below: renaming it renames them.
    case container
    /// People, accounts, and whatever else cannot change somebody but itself.
    case leaf
    /// A deleted entry as a rule: nothing but its name is known.
    case unknown

    /// Reads the values of `objectClass`.
    init(classes: [String]) {
        let classes = classes.map { $0.lowercased() }
        let containers: Set<String> = ["organizationalunit", "container", "organization", "dcobject", "locality"]
        if classes.isEmpty {
            self = .unknown
        } else if classes.contains(where: { $0.contains("group") }) {
            self = .group
        } else if classes.contains(where: containers.contains) {
            self = .container
        } else {
            self = .leaf
        }
    }
}
