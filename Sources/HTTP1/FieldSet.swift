/// A set of field names, as one machine word.
package struct FieldSet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The set of one name.
    @inline(__always)
    package init(_ name: FieldName) {
        self.rawValue = 1 &<< UInt64(name.rawValue)
    }

    /// The set of these names.
    package init(_ names: [FieldName]) {
        self.rawValue = names.reduce(0) { $0 | 1 &<< UInt64($1.rawValue) }
    }

    /// Whether `name` is in the set.
    @inlinable
    package func contains(_ name: FieldName) -> Bool {
        (self.rawValue &>> UInt64(name.rawValue)) & 1 == 1
    }

    /// Fields of one connection, which no intermediary passes on.
    ///
    /// Source: RFC 9110, section 7.6.1. `transfer-encoding` and `content-length` are here because framing is always
    /// written anew; `expect` because whoever forwards a body asks for himself; `nominated` and `disguised` because what
    /// they name is dropped whatever it is.
    package static let hopByHop = FieldSet([
        .connection, .keepAlive, .proxyConnection, .te, .trailer, .transferEncoding, .contentLength, .upgrade,
        .expect, .http2Settings, .proxyAuthorization, .proxyAuthenticate, .nominated, .disguised,
    ])

    /// Fields with which a client could pretend to be somebody else, somewhere else, or asking something else.
    package static let impersonation = FieldSet([
        .reserved, .forwarded, .forwardedFor, .forwardedHost, .forwardedProto, .forwardedPort, .forwardedServer,
        .forwardedPrefix, .forwardedUser, .realIP, .originalURL, .originalURI, .rewriteURL, .methodOverride,
        .httpMethod, .httpMethodOverride, .remoteUser, .claim,
    ])

    /// Fields of a request that mean something only when they stand once, since of two each reader picks another.
    package static let singletons = FieldSet([.authorization, .contentType, .origin, .range, .expect])

    /// What a trailer may never say, because it was decided on, or framed by, before it came.
    ///
    /// Source: RFC 9110, section 6.5.1.
    package static let forbiddenInTrailers = FieldSet.hopByHop.union(.impersonation).union(
        FieldSet([
            .host, .expect, .authorization, .cookie, .setCookie, .wwwAuthenticate, .contentType, .contentEncoding,
            .range, .origin, .location, .via,
        ])
    )
}
