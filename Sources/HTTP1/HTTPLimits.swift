/// How much of a message is read before it is refused.
///
/// Every limit is a bound on memory that one unauthenticated connection can make us hold. Bodies have no limit here:
/// they stream, and how long they may be is a matter of the route (413).
package struct HTTPLimits: Hashable, Sendable {
    /// Bytes of a whole head, start line and final empty line included (431).
    ///
    /// 32 KiB, because Kerberos tickets in `authorization` reach 16 KiB and a browser's cookies another 8.
    package var headBytes: Int

    /// Bytes of a request target (414).
    ///
    /// 8 KiB, the length RFC 9112 section 3 asks everybody to support.
    package var targetBytes: Int

    /// Field lines in a head (431).
    ///
    /// 128; clients send ten, browsers twenty.
    package var fields: Int

    /// Bytes of the extensions of one chunk (400).
    ///
    /// 256; nobody sends any, and endless ones were an attack.
    package var chunkExtensionBytes: Int

    /// Bytes of a trailer section (431).
    ///
    /// 4 KiB; nobody reads them here.
    package var trailerBytes: Int

    /// Limits with the documented defaults.
    package init(
        headBytes: Int = 32 * 1024,
        targetBytes: Int = 8 * 1024,
        fields: Int = 128,
        chunkExtensionBytes: Int = 256,
        trailerBytes: Int = 4 * 1024
    ) {
        self.headBytes = headBytes
        self.targetBytes = targetBytes
        self.fields = fields
        self.chunkExtensionBytes = chunkExtensionBytes
        self.trailerBytes = trailerBytes
    }
}
