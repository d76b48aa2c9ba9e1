package import TransparencyLog

/// One entry of the log as it is stored: the leaf, and the parts that it commits to.
///
///     payload  = length of the leaf (2 bytes) ‖ leaf ‖ parts
///     parts    = person ‖ explanation ‖ facts, each: length (4 bytes) ‖ salt (16) ‖ part as stored
///
/// A part that was erased or never there has the length 0xFFFFFFFF and nothing else. The leaf itself says which of the
/// two it is: it names a commitment, or `null`. All numbers have their high byte first, as in C2SP's entry bundles.
package struct LogEntry: Sendable {
    /// A part beside the tree.
    package struct Part: Hashable, Sendable {
        package var salt: Salt
        package var stored: ArraySlice<UInt8>
    }

    /// The bytes that the tree is over.
    package var leaf: ArraySlice<UInt8>
    /// The parts that are there.
    package var parts: [Part?]

    /// The length that says that there is no part.
    static let absent = UInt32.max

    /// The hash of the leaf.
    package var leafHash: LogHash {
        unsafe self.leaf.withUnsafeBytes { unsafe MerkleHash.leaf($0) }
    }

    /// Puts a leaf and parts together.
    init(leaf: ArraySlice<UInt8>, parts: [Part?]) {
        self.leaf = leaf
        self.parts = parts
    }

    /// Reads a payload; `nil` if it is not exactly one.
    package init?(payload: ArraySlice<UInt8>) {
        guard let length = BigEndian.read(UInt16.self, payload, at: payload.startIndex) else { return nil }
        let start = payload.startIndex + 2
        guard start + Int(length) <= payload.endIndex else { return nil }
        self.leaf = payload[start..<start + Int(length)]
        self.parts = []
        guard self.readParts(payload[(start + Int(length))...]) else { return nil }
    }

    /// Puts a leaf and its parts together again; `nil` if the parts cannot be read.
    init?(leaf: ArraySlice<UInt8>, parts: ArraySlice<UInt8>) {
        self.leaf = leaf
        self.parts = []
        guard self.readParts(parts) else { return nil }
    }

    /// The part, if it is there.
    package subscript(part: LogPart) -> Part? { self.parts[Int(part.rawValue)] }

    /// Whether the leaf can be read, and every part that is there is the one that it commits to.
    var agrees: Bool {
        guard JSONReader.value(self.leaf)?.object != nil else { return false }
        guard let commitments = LeafText.commitments(of: self.leaf) else {
            return JSONReader.value(self.leaf)?["v"]?.integer != Int64(DecisionRecord.version)
        }
        return LogPart.allCases.allSatisfy { part in
            guard let found = self[part] else { return true }
            let digest = unsafe found.stored.withUnsafeBytes { unsafe Commitment.digest($0) }
            let made = Commitment.make(part, salt: found.salt, digest: digest)
            let range = commitments[Int(part.rawValue)]
            return !range.isEmpty && LeafText.holds(self.leaf, at: range, made)
        }
    }

    /// The entry as the journal holds it.
    package var payload: [UInt8] {
        var payload: [UInt8] = []
        BigEndian.append(UInt16(self.leaf.count), to: &payload)
        payload.append(contentsOf: self.leaf)
        self.appendParts(to: &payload)
        return payload
    }

    /// Appends the parts as they lie beside the tree.
    func appendParts(to bytes: inout [UInt8]) {
        for part in self.parts {
            if let part {
                BigEndian.append(UInt32(part.stored.count), to: &bytes)
                part.salt.append(to: &bytes)
                bytes.append(contentsOf: part.stored)
            } else {
                BigEndian.append(Self.absent, to: &bytes)
            }
        }
    }

    private mutating func readParts(_ bytes: ArraySlice<UInt8>) -> Bool {
        self.parts.reserveCapacity(LogPart.allCases.count)
        var position = bytes.startIndex
        for _ in LogPart.allCases {
            guard let length = BigEndian.read(UInt32.self, bytes, at: position) else { return false }
            position += 4
            if length == Self.absent {
                self.parts.append(nil)
                continue
            }
            let start = position + Commitment.saltBytes
            guard start + Int(length) <= bytes.endIndex, let high = BigEndian.read(UInt64.self, bytes, at: position),
                let low = BigEndian.read(UInt64.self, bytes, at: position + 8)
            else { return false }
            self.parts.append(Part(salt: Salt(high: high, low: low), stored: bytes[start..<start + Int(length)]))
            position = start + Int(length)
        }
        return position == bytes.endIndex
    }
}
