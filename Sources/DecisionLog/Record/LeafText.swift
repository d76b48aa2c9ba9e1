import TransparencyLog

/// How a leaf begins and ends, the same for every kind of entry.
///
///     {"v":1,"kind":"decision","id":"01J…","time":"2026-11-23T18:47:39.123456Z", … ,"person":"…","explanation":"…","facts":null}
///
/// Both ends have fixed lengths, so that a reader finds id, time and commitments without reading what is between.
enum LeafText {
    /// The longest leaf, well below what a bundle can hold; a longer one is written in short form.
    static let maximumBytes = 16_384

    /// Appends everything before the fields of the kind.
    @inline(__always)
    static func begin(_ kind: StaticString, _ id: DecisionID, _ time: [UInt8], to leaf: inout [UInt8]) {
        JSONText.appendRaw("{\"v\":1,\"kind\":\"", to: &leaf)
        JSONText.appendRaw(kind, to: &leaf)
        JSONText.appendRaw("\",\"id\":\"", to: &leaf)
        let start = leaf.count
        for _ in 0..<DecisionID.textLength { leaf.append(0) }
        id.write { index, character in leaf[start + index] = character }
        JSONText.appendRaw("\",\"time\":\"", to: &leaf)
        leaf.append(contentsOf: time)
        leaf.append(UInt8(ascii: "\""))
    }

    /// Appends the commitments and the closing brace.
    @inline(__always)
    static func end(_ commitments: (LogHash?, LogHash?, LogHash?), to leaf: inout [UInt8]) {
        JSONText.appendRaw(",\"person\":", to: &leaf)
        self.append(commitments.0, to: &leaf)
        JSONText.appendRaw(",\"explanation\":", to: &leaf)
        self.append(commitments.1, to: &leaf)
        JSONText.appendRaw(",\"facts\":", to: &leaf)
        self.append(commitments.2, to: &leaf)
        leaf.append(UInt8(ascii: "}"))
    }

    /// Reads the commitments from a leaf's end, in the order of ``LogPart``; `nil` if it does not end like a leaf.
    static func commitments(of leaf: ArraySlice<UInt8>) -> [LogHash?]? {
        var end = leaf.endIndex - 1
        guard end >= leaf.startIndex, leaf[end] == UInt8(ascii: "}") else { return nil }
        var found: [LogHash?] = []
        found.reserveCapacity(3)
        for part in LogPart.allCases.reversed() {
            let value: Int
            if self.ends(leaf[..<end], with: "null") {
                value = end - 4
                found.append(nil)
            } else {
                value = end - 46
                guard value > leaf.startIndex, leaf[value] == UInt8(ascii: "\""), leaf[end - 1] == UInt8(ascii: "\""),
                    let bytes = Base64.decoded(leaf[value + 1..<end - 1]), let hash = LogHash(bytes)
                else { return nil }
                found.append(hash)
            }
            let name: StaticString =
                switch part {
                case .person: ",\"person\":"
                case .explanation: ",\"explanation\":"
                case .facts: ",\"facts\":"
                }
            guard self.ends(leaf[..<value], with: name) else { return nil }
            end = value - name.utf8CodeUnitCount
        }
        return found.reversed()
    }

    private static func ends(_ bytes: ArraySlice<UInt8>, with word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard bytes.count >= count else { return false }
        return word.withUTF8Buffer { unsafe bytes[(bytes.endIndex - count)...].elementsEqual($0) }
    }

    @inline(__always)
    private static func append(_ hash: LogHash?, to leaf: inout [UInt8]) {
        guard let hash else {
            JSONText.appendRaw("null", to: &leaf)
            return
        }
        leaf.append(UInt8(ascii: "\""))
        unsafe hash.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: 30, by: 3) {
                let group = unsafe UInt32(bytes[start]) << 16 | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2])
                leaf.append(Base64.digit(group >> 18))
                leaf.append(Base64.digit(group >> 12))
                leaf.append(Base64.digit(group >> 6))
                leaf.append(Base64.digit(group))
            }
            let rest = unsafe UInt32(bytes[30]) << 8 | UInt32(bytes[31])
            leaf.append(Base64.digit(rest >> 10))
            leaf.append(Base64.digit(rest >> 4))
            leaf.append(Base64.digit(rest << 2))
        }
        leaf.append(UInt8(ascii: "="))
        leaf.append(UInt8(ascii: "\""))
    }
}
