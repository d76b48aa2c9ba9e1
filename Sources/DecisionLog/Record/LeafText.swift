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
        unsafe withUnsafeTemporaryAllocation(byteCount: DecisionID.textLength, alignment: 1) { text in
            id.write { index, character in unsafe text[index] = character }
            unsafe leaf.append(contentsOf: UnsafeRawBufferPointer(text))
        }
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

    /// Where the commitments stand at a leaf's end, in the order of ``LogPart``: the 44 characters of each, or nothing for
    /// `null`; `nil` if it does not end like a leaf.
    static func commitments(of leaf: ArraySlice<UInt8>) -> [Range<Int>]? {
        var end = leaf.endIndex - 1
        guard end >= leaf.startIndex, leaf[end] == UInt8(ascii: "}") else { return nil }
        var found: [Range<Int>] = []
        found.reserveCapacity(3)
        for part in LogPart.allCases.reversed() {
            let value: Int
            if self.ends(leaf, at: end, with: "null") {
                value = end - 4
                found.append(end..<end)
            } else {
                value = end - 46
                guard value > leaf.startIndex, leaf[value] == UInt8(ascii: "\""), leaf[end - 1] == UInt8(ascii: "\"")
                else {
                    return nil
                }
                found.append(value + 1..<end - 1)
            }
            let name: StaticString =
                switch part {
                case .person: ",\"person\":"
                case .explanation: ",\"explanation\":"
                case .facts: ",\"facts\":"
                }
            guard self.ends(leaf, at: value, with: name) else { return nil }
            end = value - name.utf8CodeUnitCount
        }
        return found.reversed()
    }

    /// Where the fields of the kind end and the commitments begin.
    static func fieldsEnd(of leaf: ArraySlice<UInt8>) -> Int? {
        guard let first = self.commitments(of: leaf)?.first else { return nil }
        let value = first.isEmpty ? first.lowerBound - 4 : first.lowerBound - 1
        return value - LogPart.person.name.utf8.count - 4
    }

    /// Whether the 44 characters are this commitment's.
    static func holds(_ leaf: ArraySlice<UInt8>, at range: Range<Int>, _ commitment: LogHash) -> Bool {
        var text: [UInt8] = []
        text.reserveCapacity(46)
        self.append(commitment, to: &text)
        return leaf[range].elementsEqual(text[1..<45])
    }

    private static func ends(_ bytes: ArraySlice<UInt8>, at end: Int, with word: StaticString) -> Bool {
        let start = end - word.utf8CodeUnitCount
        guard start >= bytes.startIndex else { return false }
        return word.withUTF8Buffer { expected in
            for place in 0..<expected.count where unsafe bytes[start + place] != expected[place] { return false }
            return true
        }
    }

    @inline(__always)
    private static func append(_ hash: LogHash?, to leaf: inout [UInt8]) {
        guard let hash else {
            JSONText.appendRaw("null", to: &leaf)
            return
        }
        unsafe withUnsafeTemporaryAllocation(byteCount: 46, alignment: 1) { text in
            unsafe hash.withUnsafeBytes { bytes in
                var place = 1
                for start in stride(from: 0, to: 30, by: 3) {
                    let group =
                        unsafe UInt32(bytes[start]) << 16 | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2])
                    unsafe text[place] = Self.digit(group >> 18)
                    unsafe text[place + 1] = Self.digit(group >> 12)
                    unsafe text[place + 2] = Self.digit(group >> 6)
                    unsafe text[place + 3] = Self.digit(group)
                    place += 4
                }
                let rest = unsafe UInt32(bytes[30]) << 8 | UInt32(bytes[31])
                unsafe text[41] = Self.digit(rest >> 10)
                unsafe text[42] = Self.digit(rest >> 4)
                unsafe text[43] = Self.digit(rest << 2)
            }
            unsafe text[0] = UInt8(ascii: "\"")
            unsafe text[44] = UInt8(ascii: "=")
            unsafe text[45] = UInt8(ascii: "\"")
            unsafe leaf.append(contentsOf: UnsafeRawBufferPointer(text))
        }
    }

    /// The character of base 64 for the lowest six bits; here too, because a call into another module costs more than it.
    @inline(__always)
    private static func digit(_ value: UInt32) -> UInt8 {
        let digits: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        // A constant of 64 characters, which lives as long as the program.
        return unsafe digits.utf8Start[Int(value & 63)]
    }
}
