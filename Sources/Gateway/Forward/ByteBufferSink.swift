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

    /// Appends a constant of the program.
    @inline(__always)
    package mutating func write(_ text: StaticString) {
        self.writeStaticString(text)
    }
}
