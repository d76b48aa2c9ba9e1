import DecisionLog
import HTTP1
package import NIOCore

/// Heads are written straight into the buffer that the socket takes.
extension ByteBuffer: HTTP1.ByteSink {
    /// Appends one byte.
    @inline(__always)
    package mutating func write(_ byte: UInt8) {
        self.writeInteger(byte)
    }

    /// Appends bytes.
    @inline(__always)
    package mutating func write(_ bytes: Span<UInt8>) {
        // Reads the bytes within the call.
        unsafe self.writeBytes(bytes.bytes)
    }

    /// Appends bytes.
    @inline(__always)
    mutating func write(_ bytes: [UInt8]) {
        self.writeBytes(bytes)
    }

    /// Appends the text of a decision's id, without making a text of it.
    mutating func write(_ decision: DecisionID) {
        let digits: StaticString = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        unsafe self.writeWithUnsafeMutableBytes(minimumWritableBytes: DecisionID.textLength) { bytes in
            var high = decision.high
            var low = decision.low
            for place in stride(from: DecisionID.textLength - 1, through: 0, by: -1) {
                // Five bits at a time from the end; the room was asked for above, and a constant of 32 digits lives for ever.
                unsafe bytes[place] = digits.utf8Start[Int(low & 31)]
                low = low >> 5 | high << 59
                high >>= 5
            }
            return DecisionID.textLength
        }
    }

    /// Appends a constant of the program.
    @inline(__always)
    package mutating func write(_ text: StaticString) {
        self.writeStaticString(text)
    }
}
