package import Directory

/// What a server says while it is watched.
///
/// Source: RFC 4533, section 2.
package enum SyncMessage: Hashable {
    /// An entry that is there, was added, changed or deleted.
    case entry(StableID, wasThere: Bool)
    /// Entries of which only the identities are told.
    case entries([StableID], areDeleted: Bool)
    /// The server has told everything up to now; from here on it tells changes as they are made.
    ///
    /// Either it told what was deleted meanwhile, or only what is still there, so that who remembers nothing cannot tell what is gone.
    case refreshed(toldDeletions: Bool)
    /// The server has told what is still there, and goes on with what changed: what it did not tell is gone.
    case stays
    /// Nothing but a new cookie, or a stage in between.
    case nothing

    /// The control that asks to be told.
    ///
    /// - Parameter cookie: Where a watch left off; `nil` to begin.
    /// - Returns: The control, which a server has to understand or refuse.
    static func request(cookie: [UInt8]?) -> Control {
        let mode = BERWriter.number(BERWriter.enumerated, 3)  // refreshAndPersist
        let position = cookie.map { BERWriter.element(BERWriter.octetString, $0) } ?? []
        return Control(
            oid: Push.syncrepl.oid,
            isCritical: true,
            value: BERWriter.element(BERWriter.sequence, mode + position)
        )
    }

    /// Reads the sync state control of an entry.
    ///
    /// - Returns: The message and the cookie that came with it; `nil` if there is no such control or it cannot be read.
    package static func state(in controls: [Control]) -> (SyncMessage, cookie: [UInt8]?)? {
        guard let value = controls.first(where: { $0.oid == Self.oid + ".2" })?.value else { return nil }
        var outer = BERReader(value)
        guard var inner = outer.inside(tag: BERWriter.sequence), let state = inner.integer(tag: BERWriter.enumerated),
            let uuid = inner.content(tag: BERWriter.octetString).flatMap(Self.identity)
        else { return nil }
        return (.entry(uuid, wasThere: state == 0), inner.content(tag: BERWriter.octetString).map(Array.init))
    }

    /// Reads a sync info message, which comes between entries.
    ///
    /// - Returns: The message and the cookie that came with it; `nil` if it cannot be read.
    package static func notice(_ oid: String, _ value: [UInt8]) -> (SyncMessage, cookie: [UInt8]?)? {
        guard oid == Self.oid + ".4" else { return nil }
        var outer = BERReader(value)
        switch outer.nextTag {
        case 0x80: return (.nothing, outer.content(tag: 0x80).map(Array.init))
        case let tag? where tag == 0xA1 || tag == 0xA2:
            guard var inner = outer.inside(tag: tag) else { return nil }
            let cookie = inner.content(tag: BERWriter.octetString).map(Array.init)
            // `refreshDone` is true unless it says otherwise.
            let isDone = inner.content(tag: BERWriter.boolean).map { $0.first != 0 } ?? true
            return (isDone ? .refreshed(toldDeletions: tag == 0xA1) : tag == 0xA2 ? .stays : .nothing, cookie)
        case 0xA3:
            guard var inner = outer.inside(tag: 0xA3) else { return nil }
            let cookie = inner.content(tag: BERWriter.octetString).map(Array.init)
            let areDeleted = inner.content(tag: BERWriter.boolean).map { $0.first != 0 } ?? false
            guard var set = inner.inside(tag: 0x31) else { return nil }
            var identities: [StableID] = []
            while let uuid = set.content(tag: BERWriter.octetString) {
                guard let identity = Self.identity(uuid) else { return nil }
                identities.append(identity)
            }
            return (.entries(identities, areDeleted: areDeleted), cookie)
        default: return nil
        }
    }

    /// The numbers of syncrepl's controls and notices begin with this.
    package static let oid = "1.3.6.1.4.1.4203.1.9.1"

    private static func identity(_ octets: ArraySlice<UInt8>) -> StableID? {
        octets.count == 16
            ? StableID(uuid: octets.map { ($0 < 0x10 ? "0" : "") + String($0, radix: 16) }.joined()) : nil
    }
}
