package import NIOCore

/// A handler that stands alone on a connection: the socket speaks with it directly.
///
/// SwiftNIO's pipeline carries each event through its head and tail and through contexts in boxes, which is worth its price
/// where something stands between socket and handler, as TLS does. Where nothing does, bytes go this way, and only what is
/// rare (the connection's beginning and end, errors, a socket that is full) comes through the pipeline.
///
/// Confined to the loop of its connection.
package protocol LoneHandler: AnyObject {
    /// Bytes have come.
    func take(_ bytes: ByteBuffer)

    /// Nothing more has come for now.
    func hasTakenAll()

    /// Whether there is room for more; who says no asks the pipeline to read when there is.
    func asksForMore() -> Bool
}

extension SocketChannel {
    /// Sends bytes, at once where nothing waits before them, without the pipeline.
    package func send(_ bytes: ByteBuffer) {
        guard self.isActive, !self.output.isEnded else { return }
        var rest = bytes
        if self.output.isEmpty {
            let sent = OutputQueue.send(rest, to: self.descriptor)
            guard sent < rest.readableBytes else { return }
            // What went wrong is met again, and told, when the rest is tried.
            rest.moveReaderIndex(forwardBy: max(0, sent))
        }
        self.append(rest, promise: nil)
        self.flush0()
    }
}
