import Glibc

/// Comparing and copying bytes that lie in a receive buffer.
extension Span<UInt8> {
    /// Whether these are the octets of `text`, capitals and small letters alike; `text` in small letters.
    func isText(_ text: StaticString) -> Bool {
        guard self.count == text.utf8CodeUnitCount else { return false }
        // The octets of a constant live as long as the program.
        return text.withUTF8Buffer { expected in
            for index in 0..<expected.count where unsafe smallLetter(self[index]) != expected[index] { return false }
            return true
        }
    }

    /// Whether these are the same octets, capitals and small letters alike.
    func isSameText(as other: Span<UInt8>) -> Bool {
        guard self.count == other.count else { return false }
        for index in self.indices where smallLetter(self[index]) != smallLetter(other[index]) { return false }
        return true
    }

    /// Whether these are exactly the same octets.
    func isSame(as other: borrowing [UInt8]) -> Bool {
        guard self.count == other.count else { return false }
        // Both are only read, within the call, and have been found to be of the same length.
        return unsafe self.withUnsafeBytes { here in
            unsafe other.withUnsafeBytes { there in
                guard let one = here.baseAddress, let two = there.baseAddress else { return true }
                return unsafe memcmp(one, two, here.count) == 0
            }
        }
    }

    /// Whether `text`, in small letters, occurs in these octets.
    func holdsText(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard self.count >= length else { return false }
        for start in 0...(self.count - length) where self.extracting(start..<start + length).isText(text) {
            return true
        }
        return false
    }
}

extension [UInt8] {
    /// The octets of a span, as an array.
    init(copying span: Span<UInt8>) {
        // The bytes are copied within the call.
        self = unsafe span.withUnsafeBytes { unsafe Array($0) }
    }
}

/// A capital as its small letter, anything else as it is.
@inline(__always)
func smallLetter(_ octet: UInt8) -> UInt8 {
    octet >= 0x41 && octet <= 0x5A ? octet | 0x20 : octet
}
