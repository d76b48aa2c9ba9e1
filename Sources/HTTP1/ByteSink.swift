/// Something that bytes are written to: the gateway's output buffers.
///
/// A protocol, so that heads are written straight into a connection's own buffer and this room knows no I/O library.
package protocol ByteSink {
    /// Appends one byte.
    mutating func write(_ byte: UInt8)

    /// Appends bytes.
    mutating func write(_ bytes: Span<UInt8>)

    /// Appends a constant of the program.
    mutating func write(_ text: StaticString)
}

extension [UInt8]: ByteSink {
    /// Appends one byte.
    package mutating func write(_ byte: UInt8) {
        self.append(byte)
    }

    /// Appends bytes.
    package mutating func write(_ bytes: Span<UInt8>) {
        // The pointer is used within the call only.
        unsafe bytes.withUnsafeBufferPointer { unsafe self.append(contentsOf: $0) }
    }

    /// Appends a constant of the program.
    package mutating func write(_ text: StaticString) {
        // The bytes of a constant outlive the call.
        text.withUTF8Buffer { unsafe self.append(contentsOf: $0) }
    }
}
