import CSockets
import Glibc
import NIOCore

/// What was written to a connection and not taken by the socket yet.
///
/// Mostly one buffer, which is sent as it is flushed; nothing else is kept of it.
struct OutputQueue {
    private struct Piece {
        var buffer: ByteBuffer
        let promise: EventLoopPromise<Void>?
    }

    private var pieces: [Piece] = []
    /// Pieces before this one are sent.
    private var first = 0
    /// Pieces before this one may be sent.
    private var flushed = 0
    /// Promises of what was sent, kept until nothing is under way.
    private var sent: [EventLoopPromise<Void>] = []
    /// How many bytes wait, flushed or not.
    private(set) var bytes = 0
    /// Whether nothing follows what is here.
    var isEnding = false
    /// Whether nothing can be sent any more.
    var isEnded = false

    /// Whether something waits for room in the socket.
    var hasFlushed: Bool { self.first < self.flushed }

    /// Whether nothing waits, flushed or not.
    var isEmpty: Bool { self.first == self.pieces.count }

    mutating func append(_ buffer: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
        self.bytes += buffer.readableBytes
        self.pieces.append(Piece(buffer: buffer, promise: promise))
    }

    /// Everything that was appended may be sent.
    mutating func flush() { self.flushed = self.pieces.count }

    /// Sends as much as one call takes.
    ///
    /// - Returns: How many bytes went, or a negated errno; `nil` when there is nothing to send.
    mutating func send(to descriptor: Int32) -> Int? {
        guard self.first < self.flushed else { return nil }
        let count =
            self.flushed - self.first == 1
            ? Self.send(self.pieces[self.first].buffer, to: descriptor)
            : self.sendPieces(to: descriptor)
        if count >= 0 { self.took(count) }
        return count
    }

    /// Sends as much of a buffer as one call takes; returns how many bytes went, or a negated errno.
    static func send(_ buffer: ByteBuffer, to descriptor: Int32) -> Int {
        // The bytes are only read, within the call.
        unsafe buffer.withUnsafeReadableBytes { unsafe csockets_send(descriptor, $0.baseAddress, $0.count) }
    }

    private func sendPieces(to descriptor: Int32) -> Int {
        let last = min(self.flushed, self.first + Self.piecesAtOnce)
        return unsafe withUnsafeTemporaryAllocation(of: iovec.self, capacity: Self.piecesAtOnce) { vectors in
            func fill(_ place: Int) -> Int {
                guard place < last else {
                    return unsafe csockets_send_pieces(descriptor, vectors.baseAddress, last - self.first)
                }
                // Nested, so that every piece's bytes stay where they are until the call has read them.
                return unsafe self.pieces[place].buffer.withUnsafeReadableBytes { bytes in
                    unsafe vectors[place - self.first] = iovec(
                        iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress),
                        iov_len: bytes.count
                    )
                    return fill(place + 1)
                }
            }
            return fill(self.first)
        }
    }

    /// Lets go of what the socket took.
    private mutating func took(_ count: Int) {
        self.bytes -= count
        var rest = count
        while self.first < self.flushed {
            let length = self.pieces[self.first].buffer.readableBytes
            guard length <= rest else {
                self.pieces[self.first].buffer.moveReaderIndex(forwardBy: rest)
                return
            }
            rest -= length
            if let promise = self.pieces[self.first].promise { self.sent.append(promise) }
            // Its memory goes now, not when the whole queue is through.
            self.pieces[self.first].buffer = ByteBuffer()
            self.first += 1
        }
        if self.first == self.pieces.count {
            self.pieces.removeAll(keepingCapacity: true)
            self.first = 0
            self.flushed = 0
        } else if self.first >= 256 {
            self.pieces.removeFirst(self.first)
            self.flushed -= self.first
            self.first = 0
        }
    }

    /// Whoever waited for what was sent; the caller tells them, since they may write more.
    mutating func takeSent() -> [EventLoopPromise<Void>] {
        guard !self.sent.isEmpty else { return [] }
        defer { self.sent = [] }
        return self.sent
    }

    /// Nothing of it will be sent: whoever waits for that.
    mutating func takeAll() -> [EventLoopPromise<Void>] {
        let waiting = self.pieces[self.first...].compactMap(\.promise)
        self = OutputQueue()
        self.isEnded = true
        return waiting
    }

    /// How many pieces go in one call.
    private static let piecesAtOnce = 32
}
