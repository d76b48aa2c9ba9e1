/// What the pages of Stile's own need to know of a request.
struct OwnPageRequest {
    /// The host name, in small letters, without a port.
    let host: [UInt8]
    /// The browser's nonce of the form; `nil` when it has none, or what it has is none.
    let nonce: [UInt8]?
    /// The cookie of the session that the browser has, whatever it is worth.
    let session: [UInt8]?
}
