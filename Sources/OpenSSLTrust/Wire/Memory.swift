import COpenSSL

/// Bytes behind one of libcrypto's streams: what is read from, or what was written to.
///
/// `~Copyable`, so that there is one owner and the stream is closed exactly once.
@safe struct Memory: ~Copyable {
    /// The stream, or `nil` when there was no memory for one.
    let handle: OpaquePointer?

    /// An empty stream to write to.
    init() {
        unsafe self.handle = BIO_new(BIO_s_mem())
    }

    /// A stream that already holds bytes to read.
    init(_ bytes: [UInt8]) {
        unsafe self.handle = BIO_new(BIO_s_mem())
        // Copied by the library within the call.
        if unsafe BIO_write(self.handle, bytes, Int32(clamping: bytes.count)) < 0 { LibraryErrors.clear() }
    }

    /// Takes over a stream that the library made.
    init(taking handle: OpaquePointer?) {
        unsafe self.handle = handle
    }

    deinit { unsafe BIO_free_all(self.handle) }

    /// Everything that the stream holds.
    var bytes: [UInt8] {
        var start: UnsafePointer<UInt8>?
        let count = unsafe stile_memory(self.handle, &start)
        guard count > 0, let start = unsafe start else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }
}
