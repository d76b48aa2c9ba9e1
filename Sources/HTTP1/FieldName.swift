/// The field names that a gateway acts on; all others travel as they came.
///
/// The parser recognises these once, so that nobody compares header names afterwards.
package enum FieldName: UInt8, Hashable, Sendable, CaseIterable {
    // MARK: framing and the connection
    case host, contentLength, transferEncoding, connection, keepAlive, proxyConnection, te, trailer, upgrade, expect
    case http2Settings

    // MARK: identity
    case authorization, cookie, proxyAuthorization, proxyAuthenticate, wwwAuthenticate, setCookie

    // MARK: content
    case accept, acceptEncoding, contentType, contentEncoding, range, origin, referer, userAgent, location, server, date
    case secFetchSite, secFetchMode

    // MARK: who is behind whom
    case forwarded, via, forwardedFor, forwardedHost, forwardedProto, forwardedPort, forwardedServer, forwardedPrefix
    case forwardedUser, realIP, originalURL, originalURI, rewriteURL, methodOverride, httpMethod, httpMethodOverride
    case remoteUser

    // MARK: tracing
    case requestID, traceparent, tracestate

    // MARK: not names but kinds
    /// A name that begins like ours, in any spelling; only the gateway itself may write these.
    case reserved
    /// A name with `_` in it.
    ///
    /// Never read and never forwarded: to CGI-like upstreams (WSGI among them) `Content_Length` is `Content-Length`, and
    /// gunicorn takes `SCRIPT_NAME` from a proxy for the part of the path that it leaves out, so that another path would be
    /// served than was decided on.
    case disguised
    /// Any other name by which proxies tell an upstream who or where somebody is, or what was asked; see ``FieldNames``.
    case claim
    /// A name that `connection` made hop-by-hop in this message.
    case nominated
    /// Any other name.
    case other

    /// The name as written on the wire in small letters; empty for the kinds that are no names.
    package var text: StaticString {
        switch self {
        case .host: "host"
        case .contentLength: "content-length"
        case .transferEncoding: "transfer-encoding"
        case .connection: "connection"
        case .keepAlive: "keep-alive"
        case .proxyConnection: "proxy-connection"
        case .te: "te"
        case .trailer: "trailer"
        case .upgrade: "upgrade"
        case .expect: "expect"
        case .http2Settings: "http2-settings"
        case .authorization: "authorization"
        case .cookie: "cookie"
        case .proxyAuthorization: "proxy-authorization"
        case .proxyAuthenticate: "proxy-authenticate"
        case .wwwAuthenticate: "www-authenticate"
        case .setCookie: "set-cookie"
        case .accept: "accept"
        case .acceptEncoding: "accept-encoding"
        case .contentType: "content-type"
        case .contentEncoding: "content-encoding"
        case .range: "range"
        case .origin: "origin"
        case .referer: "referer"
        case .userAgent: "user-agent"
        case .location: "location"
        case .server: "server"
        case .date: "date"
        case .secFetchSite: "sec-fetch-site"
        case .secFetchMode: "sec-fetch-mode"
        case .forwarded: "forwarded"
        case .via: "via"
        case .forwardedFor: "x-forwarded-for"
        case .forwardedHost: "x-forwarded-host"
        case .forwardedProto: "x-forwarded-proto"
        case .forwardedPort: "x-forwarded-port"
        case .forwardedServer: "x-forwarded-server"
        case .forwardedPrefix: "x-forwarded-prefix"
        case .forwardedUser: "x-forwarded-user"
        case .realIP: "x-real-ip"
        case .originalURL: "x-original-url"
        case .originalURI: "x-original-uri"
        case .rewriteURL: "x-rewrite-url"
        case .methodOverride: "x-method-override"
        case .httpMethod: "x-http-method"
        case .httpMethodOverride: "x-http-method-override"
        case .remoteUser: "x-remote-user"
        case .requestID: "x-request-id"
        case .traceparent: "traceparent"
        case .tracestate: "tracestate"
        case .reserved, .disguised, .claim, .nominated, .other: ""
        }
    }
}
