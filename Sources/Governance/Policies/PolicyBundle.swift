/// The files of one revision of the policies, whole: what travels between gateways, by its hash.
///
/// Written as each file's name and text in turn, each behind its length (8 bytes, high byte first), so that the hash of these
/// bytes is the revision's, and moving a byte from one file to the next is another revision.
package struct PolicyBundle: Hashable, Sendable {
    /// One file.
    package struct File: Hashable, Sendable {
        /// Its path below the folder of policies, such as `catalog/press.yaml`.
        package let name: String
        package let text: String

        package init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    /// The files, in the order in which a folder of policies is read.
    package let files: [File]
    /// What is hashed and stored.
    package let bytes: [UInt8]
    package let digest: PolicyDigest

    /// The longest bundle, in bytes.
    package static let maximumBytes = 4 << 20
    /// The most files.
    package static let maximumFiles = 10_000

    /// Takes files, in whatever order.
    ///
    /// - Throws: ``PolicyBundleError`` for a name that is no file of policies or comes twice, and for too much.
    package init(_ files: [File]) throws(PolicyBundleError) {
        guard files.count <= Self.maximumFiles else { throw .tooMany(files.count) }
        var seen: Set<String> = []
        for file in files {
            guard Self.place(of: file.name) != nil else { throw .unknownFile(String(file.name.prefix(200))) }
            guard seen.insert(file.name).inserted else { throw .repeated(file.name) }
        }
        let ordered = files.sorted { one, other in
            (Self.place(of: one.name) ?? 0, one.name) < (Self.place(of: other.name) ?? 0, other.name)
        }
        var bytes: [UInt8] = []
        for text in ordered.flatMap({ [$0.name, $0.text] }) {
            let count = UInt64(text.utf8.count)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: count >> UInt64(shift)))
            }
            bytes += text.utf8
            guard bytes.count <= Self.maximumBytes else { throw .tooLong }
        }
        self.files = ordered
        self.bytes = bytes
        self.digest = PolicyDigest(of: bytes)
    }

    /// Reads what was stored under a hash; `nil` when it is not those bytes, whatever else it is.
    package init?(_ bytes: [UInt8], digest: PolicyDigest) {
        guard bytes.count <= Self.maximumBytes, PolicyDigest(of: bytes) == digest else { return nil }
        var texts: [String] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard rest.count >= 8 else { return nil }
            let count = rest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            rest = rest.dropFirst(8)
            guard count <= UInt64(rest.count), let text = String(validating: rest.prefix(Int(count)), as: UTF8.self)
            else { return nil }
            texts.append(text)
            rest = rest.dropFirst(Int(count))
        }
        guard texts.count.isMultiple(of: 2) else { return nil }
        let files = stride(from: 0, to: texts.count, by: 2).map { File(name: texts[$0], text: texts[$0 + 1]) }
        guard let bundle = try? PolicyBundle(files), bundle.bytes == bytes else { return nil }
        self = bundle
    }

    /// The text of a file; `nil` when there is none.
    package func text(of name: String) -> String? { self.files.first { $0.name == name }?.text }

    /// The names of the files that are not the same in both.
    package func changed(since base: PolicyBundle) -> [String] {
        let before = Dictionary(base.files.map { ($0.name, $0.text) }, uniquingKeysWith: { one, _ in one })
        let after = Dictionary(self.files.map { ($0.name, $0.text) }, uniquingKeysWith: { one, _ in one })
        // Byte for byte: Swift takes two spellings of one letter for the same text, and the hash does not.
        return Set(before.keys).union(after.keys).filter { name in
            guard let one = before[name], let other = after[name] else { return true }
            return !one.utf8.elementsEqual(other.utf8)
        }.sorted()
    }

    /// Where a file comes in a folder's order; `nil` for a name that no file of policies has.
    ///
    /// Names are kept simple, because the files are written into folders again.
    private static func place(of name: String) -> Int? {
        switch name {
        case "scheme.yaml": return 0
        case "clearances.yaml": return 1
        case "schema.cedarschema": return 2
        default: break
        }
        let folders: [(prefix: String, suffix: String, place: Int)] = [
            ("catalog/", ".yaml", 4), ("tests/", ".yaml", 5), ("", ".cedar", 3),
        ]
        for (prefix, suffix, place) in folders where name.hasPrefix(prefix) && name.hasSuffix(suffix) {
            let stem = name.dropFirst(prefix.count)
            let isSimple = stem.utf8.allSatisfy { octet in
                switch octet {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
            guard isSimple, stem.utf8.first != UInt8(ascii: "."), stem.utf8.count <= 200 else { return nil }
            return place
        }
        return nil
    }
}

/// Why files are no revision.
package enum PolicyBundleError: Error, Hashable, CustomStringConvertible {
    /// No file of policies has this name.
    case unknownFile(String)
    /// A name comes twice.
    case repeated(String)
    /// There are more than ``PolicyBundle/maximumFiles``.
    case tooMany(Int)
    /// Together they are longer than ``PolicyBundle/maximumBytes``.
    case tooLong

    /// One line for people: what was found, and what was expected.
    package var description: String {
        switch self {
        case .unknownFile(let name):
            "found a file `\(name)`, expected `scheme.yaml`, `clearances.yaml`, `schema.cedarschema`, `NAME.cedar`, `catalog/NAME.yaml` or `tests/NAME.yaml` with letters, digits, `-`, `.` and `_`"
        case .repeated(let name): "found the file `\(name)` twice, expected it once"
        case .tooMany(let count): "found \(count) files, expected at most \(PolicyBundle.maximumFiles)"
        case .tooLong: "found more than \(PolicyBundle.maximumBytes >> 20) MiB of policies, expected less"
        }
    }
}
