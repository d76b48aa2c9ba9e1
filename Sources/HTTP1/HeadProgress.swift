/// How far the reading of a head has come.
package enum HeadProgress: Hashable, Sendable {
    /// The head is not complete: come back with the same bytes and more behind them.
    case needMore
    /// The head is the first `length` bytes; the body, or the next message, begins after them.
    case complete(length: Int)
    /// The bytes are no head: answer and close.
    case malformed(HTTPFault)
}
