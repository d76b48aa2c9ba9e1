/// Something that somebody else vouches for and that belongs to one entry of the directory: an attribute in a certificate or a ticket.
///
/// What vouches for it is the caller's business; here it only says which entry is meant.
package enum PersonKey: Hashable, Sendable {
    /// The entry with this value of an attribute.
    case attribute(AttributeName, AssertionValue)

    /// The entry that stands here.
    case name(DistinguishedName)

    /// The entry whose `userCertificate` is this certificate, octet for octet.
    case certificate(CertificateKey)
}

/// A certificate as an entry is found by it.
package struct CertificateKey: Hashable, Sendable {
    /// The whole certificate in DER.
    package let der: [UInt8]

    /// Its serial number, in hexadecimal.
    package let serial: String

    /// Who issued it, as RFC 4514 writes it.
    package let issuer: String

    /// Describes a certificate.
    package init(der: [UInt8], serial: String, issuer: String) {
        self.der = der
        self.serial = serial
        self.issuer = issuer
    }

    /// The question for the entry that has it.
    ///
    /// OpenLDAP compares certificates by issuer and serial number, written as RFC 4523 says; Active Directory and 389 compare octets.
    ///
    /// Source: RFC 4523, section 3.1; RFC 3641, section 3 (a quotation mark in a text is written twice).
    package var filter: SearchFilter {
        // Octet by octet: to `String` a mark that follows makes another character of a quotation mark.
        let quote = UInt8(ascii: "\"")
        let issuer = self.issuer.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }
        let exact =
            Array("{ serialNumber \(self.decimalSerial), issuer rdnSequence:\"".utf8) + issuer + Array("\" }".utf8)
        return .any([
            .equals("usercertificate", AssertionValue(octets: exact)),
            .equals("usercertificate", AssertionValue(octets: self.der)),
        ])
    }

    /// The serial number in decimal: servers differ about zeros before hexadecimal digits.
    private var decimalSerial: String {
        var digits: [Int] = [0]  // least significant first
        for character in self.serial {
            guard var carry = character.hexDigitValue else { return "0" }
            for index in digits.indices {
                carry += digits[index] * 16
                digits[index] = carry % 10
                carry /= 10
            }
            while carry > 0 {
                digits.append(carry % 10)
                carry /= 10
            }
        }
        return digits.reversed().map(String.init).joined()
    }
}
