/// Whether somebody may propose revisions, asked again when another approves what they proposed.
///
/// A proposal can wait for weeks; whoever lost the right or the account meanwhile must not change the rules any more.
package enum ProposerRight: Hashable, Sendable {
    /// They may.
    case held
    /// They may not any more; why, without saying who.
    case lost(String)
    /// Nobody can be asked now.
    case unknown(String)
}
