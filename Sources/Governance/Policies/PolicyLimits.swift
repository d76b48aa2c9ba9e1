/// How much people may propose, and how much of it is kept.
package struct PolicyLimits: Hashable, Sendable {
    /// How many proposals of one person may wait at the same time; default 10: each is up to ``PolicyBundle/maximumBytes``, and who has more
    /// than that waiting is not waiting for approvals.
    package var waitingPerPerson = 10

    /// How many revisions one person may propose in 24 hours, those that were in force at once included; default 100: each is an announcement
    /// that every gateway reads.
    package var daily = 100

    /// How long a proposal can be approved, in seconds; default 30 days: what was meant a month ago is said again.
    package var waitingSeconds: Int64 = 30 * 86_400

    /// Of how many published revisions the files are kept at least; default 200.
    package var keptRevisions = 200

    /// For how long the files of a revision are kept at least after it was in force, in seconds; default 90 days.
    ///
    /// Not beyond the 1,000 publications that are remembered.
    package var keptSeconds: Int64 = 90 * 86_400

    /// How long files stay where several gateways find them before they may be removed, in seconds; default a day: another gateway may have
    /// put them there for what it has yet to announce.
    package var graceSeconds: Int64 = 86_400

    package init() {}
}
