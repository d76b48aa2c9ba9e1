import Directory

/// One entry of the directory, as an answer brought it.
struct Entry: Hashable, Sendable {
    /// The name in the server's own spelling: what is sent back to it when something is asked about this entry.
    var dn: String

    /// The same name, read.
    var name: DistinguishedName

    /// Octets by attribute, in lower case and with options.
    var values: [String: [[UInt8]]]

    /// Controls that came with the entry.
    var controls: [Control] = []

    /// The server that a question was sent on to, when the entry came from there; that server knows the entry's password too.
    var origin: ServerAddress?

    /// The values of an attribute as text; values that are not UTF-8 are left out.
    func texts(_ attribute: AttributeName) -> [String] {
        self.values[attribute.text]?.compactMap { String(validating: $0, as: UTF8.self) } ?? []
    }

    /// The first value of an attribute as text.
    func text(_ attribute: AttributeName) -> String? { self.texts(attribute).first }

    /// The first value of an attribute as octets.
    func octets(_ attribute: AttributeName) -> [UInt8]? { self.values[attribute.text]?.first }

    /// The first value of an attribute as a number.
    func integer(_ attribute: AttributeName) -> Int64? { self.text(attribute).flatMap { Int64($0) } }

    /// Whether the first value of an attribute is true; `nil` if there is none.
    func flag(_ attribute: AttributeName) -> Bool? { self.text(attribute).map { $0.lowercased() == "true" } }
}

extension Entry {
    /// The attributes by which entries are known for good, whatever server answers.
    static let identityAttributes: [AttributeName] = ["entryuuid", "nsuniqueid", "objectguid", "objectsid"]

    /// The UUID of the entry, `nil` if the server gave none or more than one.
    var uuid: StableID? {
        if let values = self.values["entryuuid"] {
            return values.count == 1 ? self.text("entryuuid").flatMap { StableID(uuid: $0) } : nil
        }
        if let octets = self.octets("objectguid") { return StableID(objectGUID: octets) }
        return self.text("nsuniqueid").flatMap { StableID(uuid: $0) }
    }

    /// The SID of the entry, on an Active Directory.
    var sid: StableID? { self.octets("objectsid").flatMap { StableID(objectSid: $0) } }

    /// A part of an attribute that has too many values for one answer, such as `member;range=0-1499`.
    ///
    /// Source: [MS-ADTS] 3.1.1.3.1.3.3, range retrieval of attribute values.
    struct Range: Hashable {
        /// The attribute without the range.
        var attribute: AttributeName
        /// Where the part ends; `nil` if this is the last part.
        var end: Int?
    }

    /// The attributes that came in part only.
    var ranges: [Range] {
        self.values.keys.sorted().compactMap { key in
            let halves = key.split(separator: ";range=", maxSplits: 1)
            guard halves.count == 2, let name = AttributeName(halves[0]) else { return nil }
            return Range(attribute: name, end: halves[1].split(separator: "-").last.flatMap { Int32($0) }.map(Int.init))
        }
    }
}
