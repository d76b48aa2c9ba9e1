/// Decides what a witness answers; it has no clock, no store and no socket.
///
/// Whoever uses it keeps the latest checkpoint of each log, and stores a new one *before* the cosignature leaves the house,
/// one request at a time: otherwise two requests could both continue the same checkpoint, and the witness would have
/// vouched for a fork.
///
/// Source: C2SP tlog-witness, "add-checkpoint".
public struct Witness: Sendable {
    /// What becomes of a request.
    public enum Judgement: Hashable, Sendable {
        /// It continues what was seen: store it, then cosign it.
        case good(Checkpoint)
        /// 400: it cannot be read, or goes backwards.
        case malformed(String)
        /// 403: not signed by a key of this log.
        case notSigned(String)
        /// 404: not a log that is known here.
        case unknownLog(String)
        /// 409: the log's last size was another; it may ask again from there.
        case otherSize(UInt64)
        /// 409: the same size with another root: the log has forked.
        case otherRoot(size: UInt64)
        /// 422: the proof does not show that the checkpoint continues what was seen: the log has forked, or the proof is bad.
        case inconsistent

        /// The status of the answer.
        public var status: Int {
            switch self {
            case .good: 200
            case .malformed: 400
            case .notSigned: 403
            case .unknownLog: 404
            case .otherSize, .otherRoot: 409
            case .inconsistent: 422
            }
        }
    }

    /// The keys of the logs that are witnessed; a log in the middle of a change of keys has two.
    public let logs: [NoteVerifierKey]

    /// A witness for logs with these keys.
    public init(logs: [NoteVerifierKey]) { self.logs = logs }

    /// Judges a request's body.
    ///
    /// - Parameters:
    ///   - body: The body as it came.
    ///   - latest: The checkpoint of a log, by its origin, that was cosigned last; `nil` when none was.
    /// - Returns: What to answer.
    /// - Throws: What reading the latest checkpoint throws; then nothing may be cosigned.
    public func judge<Failure: Error>(
        _ body: [UInt8],
        latest: (String) throws(Failure) -> Checkpoint?
    ) throws(Failure) -> Judgement {
        let (request, stated): (WitnessRequest, Checkpoint)
        do {
            request = try WitnessRequest(body)
            stated = try Checkpoint(text: request.note.text)
        } catch {
            return .malformed("\(error)")
        }
        let keys = self.logs.filter { $0.name == stated.origin && $0.kind == .log }
        guard !keys.isEmpty else { return .unknownLog(stated.origin) }
        // A bad signature under another of the log's keys does not spoil a good one here, as the protocol asks.
        guard keys.contains(where: { (try? request.note.verify(with: $0)) != nil }) else {
            return .notSigned(stated.origin)
        }
        guard request.old <= stated.size else {
            return .malformed("the old size \(request.old) is larger than the checkpoint's \(stated.size)")
        }
        let seen = try latest(stated.origin)
        guard request.old == seen?.size ?? 0 else { return .otherSize(seen?.size ?? 0) }
        guard let seen, seen.size > 0 else { return request.proof.isEmpty ? .good(stated) : .inconsistent }
        if stated.size == seen.size {
            guard stated.root == seen.root else { return .otherRoot(size: seen.size) }
            return request.proof.isEmpty ? .good(stated) : .inconsistent
        }
        let proof = ConsistencyProof(from: seen.size, to: stated.size, path: request.proof)
        return proof.verifies(old: seen.root, new: stated.root) ? .good(stated) : .inconsistent
    }
}
