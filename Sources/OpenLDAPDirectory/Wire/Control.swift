/// An addition to a request or an answer, by which servers do more than RFC 4511 says.
///
/// Source: RFC 4511, section 4.1.11.
package struct Control: Hashable {
    /// Which control it is, a dotted number.
    package var oid: String

    /// Whether a server that does not know it must refuse the whole request.
    package var isCritical: Bool

    /// What it says, encoded as its own specification wants.
    package var value: [UInt8]?

    /// Puts a control together.
    package init(oid: String, isCritical: Bool = false, value: [UInt8]? = nil) {
        self.oid = oid
        self.isCritical = isCritical
        self.value = value
    }
}

extension Control {
    /// Asks to be told about the state of the password with the answer to a bind.
    ///
    /// Source: draft-behera-ldap-password-policy-10, section 6.1.
    package static let passwordPolicy = Control(oid: "1.3.6.1.4.1.42.2.27.8.5.1")

    /// Asks for deleted entries too, as far as they may be seen.
    ///
    /// Source: [MS-ADTS] 3.1.1.3.4.1.14.
    static let showDeleted = Control(oid: "1.2.840.113556.1.4.417")

    /// Asks for a search's answer in pieces.
    ///
    /// Source: RFC 2696, section 2.
    package static func page(size: Int, cookie: [UInt8]) -> Control {
        let body = BERWriter.number(BERWriter.integer, size) + BERWriter.element(BERWriter.octetString, cookie)
        return Control(oid: Self.pageOID, value: BERWriter.element(BERWriter.sequence, body))
    }

    /// The number of ``page(size:cookie:)``, for requests and answers.
    package static let pageOID = "1.2.840.113556.1.4.319"

    /// Where the next piece begins: empty when there is none, `nil` when this is not a readable page control.
    package var pageCookie: [UInt8]? {
        guard self.oid == Self.pageOID, let value = self.value else { return nil }
        var outer = BERReader(value)
        guard var inner = outer.inside(tag: BERWriter.sequence), inner.integer(tag: BERWriter.integer) != nil else {
            return nil
        }
        return inner.content(tag: BERWriter.octetString).map(Array.init)
    }
}
