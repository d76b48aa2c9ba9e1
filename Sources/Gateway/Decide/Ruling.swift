import DecisionLog
import PolicyDecision

/// Under which circumstances a decision was made: another epoch, another decision.
struct RulingEpoch: Equatable {
    /// Which state of the policies.
    let policies: ObjectIdentifier
    /// How many names had been bound to things.
    let bindings: UInt64
    /// How often other grants came to count.
    let grants: UInt64
}

/// A decision about a request, ready to be recorded and to be carried out.
///
/// What repeats from request to request is made once: the refusal's words and the encoded parts of the record.
///
/// Confined to its event loop.
final class Ruling {
    /// Why not; `nil` when the request may pass.
    let refusal: Refusal?
    /// What is recorded.
    let prepared: PreparedDecision
    /// Under which circumstances it was made.
    let epoch: RulingEpoch
    /// Whether identical ones are counted instead of recorded one by one, so that an attack cannot fill the disk.
    let isFolded: Bool

    init(refusal: Refusal?, prepared: PreparedDecision, epoch: RulingEpoch, isFolded: Bool = false) {
        self.refusal = refusal
        self.prepared = prepared
        self.epoch = epoch
        self.isFolded = isFolded
    }
}
