/// Why an announcement was not taken.
package enum AnnouncementRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// No gateway that is configured here has this name and key.
    case unknownSigner(String)
    /// The signature is not the signer's over this text.
    case forged(String, sequence: UInt64)
    /// It was taken already.
    case repeated(String, sequence: UInt64)
    /// One before it did not come.
    case missing(String, sequence: UInt64)
    /// Its gateway had said before that it announces under another key.
    case afterLast(String, sequence: UInt64)
    /// A gateway says that it has announced less than was heard of it.
    case rewound(String, sequence: UInt64, taken: UInt64)
    /// The database holds an announcement of this gateway's own, signed by it, that it does not know, and not those before it.
    case ahead(String, sequence: UInt64, known: UInt64)
    /// The database holds another announcement of this gateway's own under a number, signed by it, than its disk.
    case forked(String, sequence: UInt64)
    /// The database holds more rows under this gateway's name that it did not write than are looked at.
    case flooded(String)
    /// It is signed, but of a kind that says something else.
    case unreadable(String, sequence: UInt64)

    /// One line for people: what was found, and what was expected.
    package var description: String {
        switch self {
        case .unknownSigner(let name):
            "found an announcement of `\(name)`, expected one of a gateway whose key is configured"
        case .forged(let name, let sequence):
            "announcement \(sequence) of `\(name)` is not signed with its key: somebody writes into the database"
        case .repeated(let name, let sequence): "announcement \(sequence) of `\(name)` came a second time"
        case .missing(let name, let sequence):
            "announcement \(sequence) of `\(name)` is missing: somebody removed it from the database"
        case .afterLast(let name, let sequence):
            "announcement \(sequence) of `\(name)` came after the key that follows it was named: somebody has the old key"
        case .rewound(let name, let sequence, let taken):
            "gateway `\(name)` has counted to \(sequence), and \(taken) were heard: its state folder is from a backup, or two gateways run with its key; \(Self.remedy)"
        case .ahead(let name, let sequence, let known):
            "the database holds announcement \(sequence) of this gateway (`\(name)`), whose disk ends with \(known): its state folder is from a backup, or another gateway runs with its key; it announces nothing; \(Self.remedy)"
        case .forked(let name, let sequence):
            "the database holds another announcement \(sequence) of this gateway (`\(name)`) than its disk, and both are signed: its state folder is from a backup, or another gateway runs with its key; it announces nothing; \(Self.remedy)"
        case .flooded(let name):
            "the database holds more rows under the name of this gateway (`\(name)`) than are looked at, none of them its own: somebody writes into the database"
        case .unreadable(let name, let sequence):
            "announcement \(sequence) of `\(name)` says what its kind cannot"
        }
    }

    private static let remedy =
        "end the other one, restore the newest `state/announced`, or give it a new key (`stile log rotate-key`) and put that under the `gateways:` of the others; what was taken back since the backup has to be taken back again"
}
