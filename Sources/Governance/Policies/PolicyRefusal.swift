/// Why a revision was not proposed, approved or published.
package enum PolicyRefusal: Error, Hashable, CustomStringConvertible {
    /// The note is missing, too long, or cannot be shown.
    case malformedNote
    /// Files are wrong, or a policy test fails.
    case invalid([String])
    /// It is in force already.
    case unchanged(PolicyDigest)
    /// Another revision came into force; in words which.
    case overtaken(String)
    /// Nobody proposed it.
    case unknown(String)
    /// Two revisions are called so.
    case ambiguous(String)
    /// Who approves it is who proposed it.
    case ownProposal
    /// As many proposals of theirs wait as may.
    case tooManyWaiting(found: Int, limit: Int, days: Int64)
    /// They proposed as much in 24 hours as a person may.
    case tooManyToday(found: Int, limit: Int)
    /// It waited for longer than a proposal may.
    case lapsed(days: Int64)
    /// Whoever proposed it may not any more.
    case proposerLost(String, reason: String)
    /// Whether whoever proposed it still may cannot be asked now.
    case proposerUnknown(String, reason: String)
    /// Its files are nowhere.
    case missing(PolicyDigest)
    /// What is stored under its hash are other files.
    case tampered(PolicyDigest)
    /// The decision log takes no entry.
    case unrecorded
    /// It is published, and this gateway cannot put it in force.
    case notTakenUp(String)
    /// The store failed.
    case store(GovernanceFailure)

    /// One line for people: what was found, what was expected, and the remedy.
    package var description: String {
        switch self {
        case .malformedNote: "found no usable note, expected 1 to 500 bytes of visible characters that say what for"
        case .invalid(let problems):
            "the files are not in order:\n" + problems.prefix(20).joined(separator: "\n")
                + (problems.count > 20 ? "\nand \(problems.count - 20) more" : "")
        case .unchanged(let digest): "revision \(digest.revision) is in force already, nothing is to be published"
        case .overtaken(let by):
            "\(by) is in force meanwhile; look at what it changed (`stile policy diff`), take that over, and publish again"
        case .unknown(let text): "no revision `\(text)` is proposed here; `stile policy history` shows what is"
        case .ambiguous(let text): "more than one revision is called `\(text)`, expected the whole hash of 64 digits"
        case .ownProposal: "you proposed this revision yourself; somebody else has to approve it"
        case .tooManyWaiting(let found, let limit, let days):
            "found \(found) proposals of yours that wait for an approval, expected fewer than \(limit); have one approved, or wait: they end with the next revision in force, or after \(days) days"
        case .tooManyToday(let found, let limit):
            "found \(found) revisions that you proposed in the last 24 hours, expected fewer than \(limit); put what is left into one revision, or propose it tomorrow"
        case .lapsed(let days):
            "it was proposed more than \(days) days ago, and cannot be approved any more; propose it again"
        case .proposerLost(let name, let reason):
            "`\(name)`, who proposed it, may not propose revisions any more: \(reason); somebody who may has to propose it again"
        case .proposerUnknown(let name, let reason):
            "whether `\(name)` may still propose revisions cannot be asked now: \(reason); try again"
        case .missing(let digest):
            "the files of revision \(digest.revision) are not kept any more, or not in the database; publish them again"
        case .tampered(let digest):
            "what the database holds as revision \(digest.revision) are other files than its hash says: somebody writes into it"
        case .unrecorded: "it could not be written into the decision log, and nothing was published"
        case .notTakenUp(let problem): "it is published, and not in force at this gateway: \(problem)"
        case .store(let failure): failure.description
        }
    }
}
